// Compares what a run reports with what the org has.
import Papa from 'papaparse'
import { PLAN_FILE, SOURCE_FILE } from '../../../loader/protocol/layout.ts'
import { linesOf, type Records, type World } from '../protocol/memoryLoad.ts'
import { UNDO_ID } from './steps.ts'

export type Checked = {
  /** Every record written twice, or whose result is not that of the org. */
  readonly problems: readonly string[]
  readonly inDoubt: number
  /** Records that the org would take and does not have, reported as such. */
  readonly unloaded: number
}

/** A record that the org rejects in any case. */
const isInvalid = (last: string): boolean => last.startsWith('Invalid')

export function check(world: World): Checked {
  if (world.runId === UNDO_ID) return checkUndo(world)
  const rows: Records = Papa.parse<Record<string, string>>(world.files.get(SOURCE_FILE) ?? '', {
    header: true,
    skipEmptyLines: true,
  }).data
  const lines = linesOf(world, 'results.csv')
  const problems: string[] = []
  const idOf = new Map(world.org.records.map(record => [record['LastName'], record['Id']]))
  const hasBosses = world.files.get(PLAN_FILE)?.includes('"ReportsToId"') === true
  let inDoubt = 0
  let unloaded = 0
  if (lines.length !== rows.length) problems.push(`${rows.length} records have ${lines.length} results`)
  for (const [index, { last = '', title, ext, id = '', boss = '' }] of rows.entries()) {
    const line = lines[index]
    if (line === undefined) continue
    if (line['last'] !== last) problems.push(`result ${index + 1} is of ${line['last']}, not of ${last}`)
    // Only this load writes its titles (the record Same had its own before), and only a load that deletes fills the recycle bin.
    const written = [
      ...world.org.records.filter(record => record['FirstName'] === title),
      ...world.org.recycleBin.filter(record => record['Ext_Id__c'] === ext),
    ]
    const isSent = written[0]?.['SystemModstamp'] !== written[0]?.['CreatedDate']
    const isKept = last === 'Same'
    if (written.length > 1) problems.push(`${last} was written ${written.length} times`)
    if (line['errorcode'] === 'IN_DOUBT') inDoubt += 1
    else if (line['status'] === 'true') {
      const isRight = written.length === 1 && written[0]?.['Id'] === line['id'] && written[0]?.['LastName'] === last
      if (!isRight)
        problems.push(`${last} is reported as ${line['id']}, and the org has it as ${written.map(one => one['Id'])}`)
      if (hasBosses && (written[0]?.['ReportsToId'] || undefined) !== idOf.get(boss))
        problems.push(`${last} reports to ${written[0]?.['ReportsToId']}, not to ${idOf.get(boss)}`)
      if (isKept && (isSent || line['outcome'] !== 'unchanged')) problems.push(`${last} was sent, and the org held it`)
      if (id !== '' && id !== line['id']) problems.push(`${last} was written to ${line['id']}, not to ${id}`)
    } else {
      if (written.length > 0 && (isSent || !isKept))
        problems.push(`${last} is reported as ${line['errorcode']}, and the org has it`)
      if (!isInvalid(last)) unloaded += 1
    }
  }
  return { problems, inDoubt, unloaded }
}

/** What the org has of each record, before the run that is undone and after it: the first name, or undefined. */
const UNDONE = {
  Ada: { before: undefined, after: 'T0' },
  Ben: { before: 'Before', after: undefined },
  Locked: { before: 'Before', after: 'T2' },
} as const

function checkUndo(world: World): Checked {
  const lines = linesOf(world, 'results.csv')
  const problems: string[] = []
  let inDoubt = 0
  let unloaded = 0
  for (const [index, [last, { before, after }]] of Object.entries(UNDONE).entries()) {
    const line = lines[index]
    if (line?.['last'] !== last) problems.push(`result ${index + 1} is of ${line?.['last']}, not of ${last}`)
    const records = world.org.records.filter(record => record['LastName'] === last)
    const isUndone = line?.['status'] === 'true'
    const isInDoubt = line?.['errorcode'] === 'IN_DOUBT'
    if (isInDoubt) inDoubt += 1
    else if (!isUndone) unloaded += 1
    if (records.length > 1) problems.push(`the org has ${last} ${records.length} times`)
    const expected = isUndone ? before : after
    const found = records[0]?.['FirstName']
    if (!isInDoubt && found !== expected) problems.push(`${last} is ${line?.['outcome']}, and the org has ${found}`)
    if (isUndone && found !== undefined && records[0]?.['Id'] !== line['id']) {
      problems.push(`${last} is reported as ${line['id']}, and the org has it as ${records[0]?.['Id']}`)
    }
  }
  if (lines.length !== 3) problems.push(`the undo has ${lines.length} results`)
  return { problems, inDoubt, unloaded }
}
