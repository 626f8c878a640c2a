// Compares the results of an undo with the records of the org: it must be as before the load, except for the records that the undo reports as errors.
import { type SourceRow, VALUE_BEFORE } from './source.ts'
import {
  isInDoubt,
  isWritten,
  noProblems,
  type OrgRecord,
  type Problem,
  type ResultLine,
  type Verdict,
  verdictOf,
} from './verdict.ts'

export type UndoEvidence = {
  readonly rows: readonly SourceRow[]
  /** The results of the run that is undone. */
  readonly written: readonly ResultLine[]
  /** All records with a marker of the load, before the undo. */
  readonly loaded: readonly OrgRecord[]
  /** The results of the undo. */
  readonly lines: readonly ResultLine[]
  /** All records with a marker of the load, after the undo. */
  readonly records: readonly OrgRecord[]
}

/** Rows of one marker. */
type Case = {
  readonly row: SourceRow
  /** Lines of the run that is undone. */
  readonly written: readonly ResultLine[]
  readonly loaded: readonly OrgRecord[]
  readonly lines: readonly ResultLine[]
  readonly records: readonly OrgRecord[]
}

export function judgeUndo({ rows, written, loaded, lines, records }: UndoEvidence): Verdict {
  const problems = noProblems()
  const [writtenOf, loadedOf, linesOf, recordsOf] = [by(written), by(loaded), by(lines), by(records)]
  const markers = new Map(rows.map(row => [row.marker, row]))
  for (const { marker } of [...lines, ...records]) {
    if (!markers.has(marker)) problems.misattributed.push(`the undo names ${marker}, which no row has`)
  }
  for (const [marker, row] of markers) {
    const one = {
      row,
      written: writtenOf.get(marker) ?? [],
      loaded: loadedOf.get(marker) ?? [],
      lines: linesOf.get(marker) ?? [],
      records: recordsOf.get(marker) ?? [],
    }
    judgeMarker(one, problems)
  }
  return verdictOf(lines, problems)
}

function judgeMarker(
  { row: { marker, exists }, written, loaded, lines, records }: Case,
  problems: Record<Problem, string[]>,
) {
  const doubts = written.filter(isInDoubt).length
  const toUndo = written.filter(line => isWritten(line) && line.outcome !== 'unchanged').length
  if (lines.length !== toUndo + doubts) {
    problems.lost.push(`${marker}: ${toUndo} results to undo and ${doubts} in doubt, and the undo has ${lines.length}`)
  }
  for (const { errorcode, errormessage } of lines) {
    // No one else has changed a record.
    if (errorcode === 'UNDO_CONFLICT' && doubts === 0) problems.misattributed.push(`${marker}: ${errormessage}`)
  }
  const undone = lines.filter(isWritten)
  for (const { row } of lines.filter(isInDoubt)) problems.decidable.push(`row ${row} of the undo (${marker})`)
  const expected = expectedAfter(loaded, undone, exists)
  const found = records.map(({ value }) => value).toSorted()
  const facts = `${marker}: ${undone.length} of ${lines.length} are undone, and the org has ${found.length}: ${found}`
  if (found.length > expected.length) problems.twice.push(facts)
  else if (found.join() !== expected.join()) problems.lost.push(facts)
  const ids = new Set([...loaded, ...records].map(({ id, document = id }) => document))
  for (const { id, row } of undone) {
    if (!ids.has(id)) problems.misattributed.push(`row ${row} of the undo (${marker}) has ${id}`)
  }
}

/** The values in the org, when so many lines are undone: what the load created is gone, what it overwrote or deleted is as before. */
function expectedAfter(
  loaded: readonly OrgRecord[],
  undone: readonly ResultLine[],
  exists: boolean,
): readonly string[] {
  const values = loaded.map(({ value }) => value).toSorted()
  if (undone.length === 0) return values
  return exists ? [VALUE_BEFORE] : values.slice(undone.length)
}

function by<Named extends { readonly marker: string }>(items: readonly Named[]): ReadonlyMap<string, readonly Named[]> {
  return Map.groupBy(items, ({ marker }) => marker)
}
