import Papa from 'papaparse'
import { csvLine } from '../../../loader/csv/ownCsv.ts'
import { chunkFiles, keyedChunkFiles, PLAN_FILE, STAGED_FILE } from '../../../loader/protocol/layout.ts'
import { MATCH_LIMITS, type MatchLimits } from '../../../loader/protocol/match/matchLimits.ts'
import { matchRecords } from '../../../loader/protocol/match/matchRecords.ts'
import type { KeyField } from '../../../loader/salesforce/keyForms.ts'
import type { SalesforceConnection } from '../../../loader/salesforce/salesforceConnection.ts'
import type { Step } from '../../../loader/step.ts'
import { stepOf } from './memoryLoad.ts'
import { type Files, memoryRunStore } from './memoryRunStore.ts'
import { SimulatedWorker } from './simulatedWorker.ts'

export type KeySearch = {
  readonly connection: SalesforceConnection
  readonly key: KeyField
  /** A second key field, with the same value in each row. */
  readonly second?: { readonly key: KeyField; readonly value: string } | undefined
  readonly values: readonly string[]
  readonly object?: string
  /** `match.where` of the sync. */
  readonly where?: string | undefined
  readonly limits?: Partial<MatchLimits>
  /** Files of the run, to search a second time. */
  readonly files?: Files
  readonly step?: Step
}

/** The files of a run whose records have these keys, in chunks of so many records. */
export function stagedKeys(search: KeySearch, chunkRecords = 1_000_000): Files {
  const { key, second, values, object = 'Contact', where } = search
  const fields = [key, ...(second === undefined ? [] : [second.key])].map(({ name, ...more }) => {
    const field = { ...more, name, label: name }
    return { name, wireName: name, target: field, valueField: field, mapping: { column: 'key' } }
  })
  const others = second === undefined ? [] : [second.value]
  const plan = {
    object,
    keyFields: fields.map(({ name }) => name),
    operations: ['update'],
    matchWhere: where,
    fields,
    idField: { name: 'Id' },
    identityFields: [],
  }
  const files: Files = new Map([[PLAN_FILE, JSON.stringify({ spec: { connection: 'test' }, plan })]])
  const chunks = Array.from({ length: Math.ceil(values.length / chunkRecords) }, (_, index) => {
    const keys = values.slice(index * chunkRecords, (index + 1) * chunkRecords)
    const firstRow = index * chunkRecords + 1
    const { csv, rows } = keyedChunkFiles(index + 1)
    const lines = keys.map(value => csvLine([value, ...others, '', 'x,"y"']))
    files.set(csv, csvLine([...fields.map(() => 'key'), 'Id', 'Title']) + lines.join(''))
    files.set(rows, csvLine(['row']) + keys.map((_key, at) => csvLine([String(firstRow + at)])).join(''))
    return { chunk: index + 1, operation: 'update', firstRow, records: keys.length }
  })
  files.set(STAGED_FILE, JSON.stringify({ chunks }))
  return files
}

/** The Ids of the records that have a value as their key, by the value as given; a value that no record has is absent. */
export async function idsByKey(search: KeySearch): Promise<ReadonlyMap<string, readonly string[]>> {
  const { connection, values, limits = {}, step = stepOf() } = search
  const files = search.files ?? stagedKeys(search)
  const store = memoryRunStore(files, new SimulatedWorker())
  const dependencies = { connection: () => connection, runStore: () => store }
  const { chunks } = await matchRecords(dependencies, { runId: 'run' }, step, {
    ...MATCH_LIMITS,
    firstPoll: 1,
    ...limits,
  })
  const found = new Map<number, readonly string[]>()
  for (const { chunk } of chunks) {
    const { csv, rows, unsent } = chunkFiles(chunk, 1)
    const sent = recordsOf(files, csv)
    for (const [index, { row = '' }] of recordsOf(files, rows).entries())
      found.set(Number(row), [sent[index]?.['Id'] ?? ''])
    for (const { row = '', errorcode, errormessage = '' } of recordsOf(files, unsent)) {
      if (errorcode === 'KEY_AMBIGUOUS') found.set(Number(row), errormessage.split(': ').at(-1)?.split(', ') ?? [])
    }
  }
  const entries = values.map((value, index) => [value, found.get(index + 1) ?? []] as const)
  return new Map(entries.filter(([, ids]) => ids.length > 0))
}

function recordsOf(files: Files, path: string): readonly Readonly<Record<string, string>>[] {
  return Papa.parse<Record<string, string>>(files.get(path) ?? '', { header: true, skipEmptyLines: true }).data
}
