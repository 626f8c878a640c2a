// Compares the results of a load with the records of the org. The org is the truth; nothing here uses the code of the product.
import { isDelete, operationOf, type Shape } from './shapes.ts'
import type { SourceRow } from './source.ts'

/** A line of results.csv. */
export type ResultLine = {
  readonly status: string
  readonly errormessage: string
  readonly marker: string
  /** Number of the row in the source, from 1. */
  readonly row: string
  readonly id: string
  readonly created: string
  readonly outcome: string
  readonly errorcode: string
}

/** A record of the org. */
export type OrgRecord = {
  readonly id: string
  readonly marker: string
  readonly value: string
  /** Id of its parent; '' without one. */
  readonly parent: string
  /** Id of the document of a file: an undo deletes that. */
  readonly document?: string
  /** Whether someone has written it since it was created. */
  readonly modified: boolean
}

export type Evidence = {
  readonly shape: Shape
  readonly rows: readonly SourceRow[]
  /** Ids of the records and parents that existed before the load, by marker. */
  readonly ids: ReadonlyMap<string, string>
  /** Those of each run that loaded the rows. */
  readonly results: readonly (readonly ResultLine[])[]
  /** All records with a marker of the load. */
  readonly records: readonly OrgRecord[]
}

export const PROBLEMS = ['twice', 'lost', 'misattributed', 'decidable'] as const
export type Problem = (typeof PROBLEMS)[number]

export type Verdict = {
  readonly written: number
  readonly rejected: number
  readonly inDoubt: number
  /** One line for each problem, with its facts. */
  readonly problems: Readonly<Record<Problem, readonly string[]>>
}

/** Rows of one marker, with their results in all runs and their records. */
type Case = {
  readonly row: SourceRow
  readonly copies: number
  readonly results: ResultLine[]
  readonly records: OrgRecord[]
}

export function judge({ shape, rows, ids, results, records }: Evidence): Verdict {
  const problems = noProblems()
  const byId = new Map(records.map(record => [record.id, record]))
  const cases = casesOf(rows)
  for (const record of records) {
    const found = cases.get(record.marker)
    if (found === undefined) problems.twice.push(`${record.id} has the marker ${record.marker} of no row`)
    else found.records.push(record)
  }
  for (const lines of results) {
    checkLines(lines, rows, cases, problems)
    checkParents(lines, { rows, ids, byId }, problems)
  }
  const operation = operationOf(shape)
  for (const one of cases.values()) {
    if (operation === 'create') judgeCreated(one, results.length, byId, problems)
    else if (isDelete(shape)) judgeDeleted(one, ids, problems)
    else judgeWritten(one, byId, problems)
    checkErrors(one, problems)
    // What one of two runs has written is there for the other.
    if (results.length > 1) continue
    if (operation === 'create' || operation === 'upsert') checkCreated(one, problems)
    checkSame(one, problems)
  }
  return verdictOf(results.flat(), problems)
}

export const noProblems = (): Record<Problem, string[]> => ({ twice: [], lost: [], misattributed: [], decidable: [] })

export function verdictOf(all: readonly ResultLine[], problems: Verdict['problems']): Verdict {
  const inDoubt = all.filter(isInDoubt).length
  const written = all.filter(isWritten).length
  return { written, rejected: all.length - written - inDoubt, inDoubt, problems }
}

export const isWritten = ({ status }: ResultLine): boolean => status === 'true'
export const isInDoubt = ({ errorcode }: ResultLine): boolean => errorcode === 'IN_DOUBT'

function casesOf(rows: readonly SourceRow[]): ReadonlyMap<string, Case> {
  const cases = new Map<string, Case>()
  for (const [marker, copies] of Map.groupBy(rows, ({ marker }) => marker)) {
    const [row] = copies
    if (row !== undefined) cases.set(marker, { row, copies: copies.length, results: [], records: [] })
  }
  return cases
}

/** Each row has one line, in the order of the source, with an outcome. */
function checkLines(
  lines: readonly ResultLine[],
  rows: readonly SourceRow[],
  cases: ReadonlyMap<string, Case>,
  problems: Record<Problem, string[]>,
): void {
  for (const [index, { marker, number }] of rows.entries()) {
    const line = lines[index]
    if (line === undefined || !['true', 'error'].includes(line.status)) {
      problems.lost.push(`row ${index + 1} (${marker}) has no outcome`)
    } else if (line.marker !== marker || line.row !== String(number)) {
      problems.misattributed.push(`line ${index + 1} is of row ${line.row} (${line.marker})`)
    } else cases.get(marker)?.results.push(line)
  }
  const extra = lines.length - rows.length
  if (extra > 0) problems.misattributed.push(`${extra} lines more than rows`)
}

/** Each record that a run reports as written has the parent that its row names: the one in the org, or the one that the same run wrote. */
function checkParents(
  lines: readonly ResultLine[],
  { rows, ids, byId }: Pick<Evidence, 'rows' | 'ids'> & { readonly byId: ReadonlyMap<string, OrgRecord> },
  problems: Record<Problem, string[]>,
): void {
  const byMarker = new Map(lines.map(line => [line.marker, line]))
  for (const [index, { marker, parent }] of rows.entries()) {
    const line = lines[index]
    if (parent === undefined || line === undefined) continue
    const above = byMarker.get(parent)
    const isRejected = line.errorcode === 'PARENT_REJECTED'
    if (isRejected && (above === undefined || isWritten(above))) {
      problems.misattributed.push(`row ${line.row} (${marker}) has the error of a parent, and ${parent} is written`)
    }
    if (!isWritten(line)) continue
    const expected = parent === '' ? '' : above?.id || ids.get(parent)
    const found = byId.get(line.id)
    if (found !== undefined && found.parent !== expected) {
      problems.misattributed.push(
        `row ${line.row} (${marker}) is below '${found.parent}', and its parent is ${parent} '${expected}'`,
      )
    }
  }
}

/** Creates: each row of each run owns one record, unless the run found the record of another one. */
function judgeCreated(
  { row: { marker, value, exists }, copies, results, records }: Case,
  runs: number,
  byId: ReadonlyMap<string, OrgRecord>,
  problems: Record<Problem, string[]>,
): void {
  const most = exists ? 1 : copies * runs
  for (const extra of records.slice(most)) problems.twice.push(`${marker} also has ${extra.id}`)
  const claimed = new Set<string>()
  for (const { id, row, outcome } of results.filter(isWritten)) {
    const record = byId.get(id)
    if (record === undefined) problems.lost.push(`row ${row} (${marker}) is true, and the org has no record ${id}`)
    else if (record.marker !== marker)
      problems.misattributed.push(`row ${row} (${marker}) has ${id} of ${record.marker}`)
    else if (record.value !== value) problems.lost.push(`row ${row} (${marker}) is true, and ${id} has ${record.value}`)
    else if (claimed.has(id) && outcome !== 'unchanged')
      problems.misattributed.push(`row ${row} (${marker}) has ${id} of an equal row`)
    else claimed.add(id)
  }
  const doubts = results.filter(isInDoubt).length
  const unclaimed = Math.min(records.length, most) - claimed.size
  if (doubts > 0 && (unclaimed <= 0 || unclaimed >= doubts)) {
    const state = unclaimed <= 0 ? 'none of them' : 'all of them'
    for (let count = 0; count < doubts; count += 1) problems.decidable.push(`${marker}: the org has ${state}`)
  }
  for (let count = doubts; count < unclaimed; count += 1) {
    problems.misattributed.push(`${marker} is in the org, and its row is an error`)
  }
}

/** Updates and upserts: all rows of a marker write the same record. */
function judgeWritten(
  { row: { marker, value, exists, same }, results, records }: Case,
  byId: ReadonlyMap<string, OrgRecord>,
  problems: Record<Problem, string[]>,
): void {
  for (const extra of records.slice(1)) problems.twice.push(`${marker} also has ${extra.id}`)
  const [record] = records
  if (exists && record === undefined) problems.lost.push(`the record of ${marker} is gone`)
  const isInOrg = record?.value === value
  const claims = results.filter(isWritten)
  for (const { id, row } of claims) {
    const named = byId.get(id)
    if (!isInOrg) problems.lost.push(`row ${row} (${marker}) is true, and the org does not have its value`)
    else if (named?.marker !== marker) {
      problems.misattributed.push(`row ${row} (${marker}) has ${id} of ${named?.marker ?? 'no record'}`)
    }
  }
  const doubts = results.filter(isInDoubt)
  if (claims.length > 0) return
  for (const { row } of doubts) problems.decidable.push(`row ${row} (${marker}): the org shows ${record?.value}`)
  if (isInOrg && !same && doubts.length === 0)
    problems.misattributed.push(`${marker} is written, and its row is an error`)
}

/** Deletions: all rows of a marker delete the same record. */
function judgeDeleted(
  { row: { marker, exists }, results, records }: Case,
  ids: ReadonlyMap<string, string>,
  problems: Record<Problem, string[]>,
): void {
  for (const { id } of records.filter(record => record.id !== ids.get(marker))) {
    problems.twice.push(`${marker} also has ${id}`)
  }
  const isGone = records.length === 0
  const claims = results.filter(isWritten)
  for (const { id, row } of claims) {
    if (!isGone) problems.lost.push(`row ${row} (${marker}) is true, and the org still has ${records[0]?.id}`)
    else if (id !== ids.get(marker)) problems.misattributed.push(`row ${row} (${marker}) has ${id}`)
  }
  const doubts = results.filter(isInDoubt)
  if (claims.length > 0) return
  for (const { row } of doubts)
    problems.decidable.push(`row ${row} (${marker}): the record is ${isGone ? 'gone' : 'there'}`)
  if (exists && isGone && doubts.length === 0)
    problems.misattributed.push(`${marker} is deleted, and its row is an error`)
}

/** A record counts as created exactly if it did not exist before the load. */
function checkCreated({ row: { marker, exists }, results }: Case, problems: Record<Problem, string[]>): void {
  for (const { row, created, outcome } of results.filter(isWritten)) {
    if (outcome === 'unchanged' || created === String(!exists)) continue
    problems.misattributed.push(
      `row ${row} (${marker}) is created: ${created}, and it ${exists ? 'existed' : 'is new'}`,
    )
  }
}

/** Exactly the records that the org held as their rows have them are not sent. */
function checkSame({ row: { marker, same }, results, records }: Case, problems: Record<Problem, string[]>): void {
  if (same && records[0]?.modified) problems.twice.push(`${marker} was sent, and the org held it`)
  for (const { row, outcome } of results.filter(isWritten)) {
    if ((outcome === 'unchanged') !== same) problems.misattributed.push(`row ${row} (${marker}) is ${outcome}`)
  }
}

/** An error belongs to the row: it names the row's own flaw, and only a flawed row has such an error. */
function checkErrors({ row: { marker, flaw }, results }: Case, problems: Record<Problem, string[]>): void {
  for (const { row, status, errormessage } of results) {
    if (flaw !== undefined && status === 'true') problems.misattributed.push(`row ${row} (${marker}) cannot be true`)
    const names = /\b(no-)?[\w-]+-\d{6}(?=\.|@)/.exec(errormessage)?.[0]
    if (names === undefined || names.replace(/^no-/, '') === marker || flaw === `${names}.`) continue
    problems.misattributed.push(`row ${row} (${marker}) has the error of ${names}`)
  }
}
