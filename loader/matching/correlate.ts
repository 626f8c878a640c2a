import type { Operation } from '../../packages/client/contract/operations.ts'
import type { CellBatch } from '../csv/cells.ts'
import { identifyingFields, isUniqueExternalId, type SyncPlan, wireColumns } from '../plan/syncPlan.ts'
import { compileComparedCell } from '../values/comparedBytes.ts'
import { KeyHasher } from './keyHasher.ts'
import { ColumnSet, RowHashes, SentRows } from './sentRows.ts'

/** Matches the results of one ingest job to the rows sent. Pass all rows first, then all results. */
export type Correlator = {
  /** Rows as they were sent, in their order; they are numbered from 0. */
  readonly sent: (rows: CellBatch) => void
  /**
   * For each header the function that finds the row of a result of that file; undefined when no row that is left
   * matches. Read the file with the most columns first: its matches help to match the others.
   */
  readonly match: readonly MatchResult[]
  /** Results that belonged to no row. */
  readonly unmatched: () => number
  /** Rows without an answer, in the order sent. */
  readonly unanswered: () => readonly number[]
}

type MatchResult = (results: CellBatch, index: number) => number | undefined

/**
 * Salesforce gives the results of a job in no defined order, with values rewritten, columns re-ordered and unused columns left
 * out. So results are read by column name and matched by Id, else by a unique External ID, else by the whole row in
 * comparison form; equal rows are interchangeable. Never by position.
 *
 * @param headers - of the result files that are not empty: successful, failed, unprocessed
 * @param changed - columns that Salesforce rewrites according to `createColumnCheck`; results that
 *   match no row in all columns are matched without these
 */
export function createCorrelator(
  plan: SyncPlan,
  operation: Operation,
  headers: readonly (readonly string[])[],
  changed: readonly string[] = [],
): Correlator {
  const columns = wireColumns(plan, operation)
  const job: SentJob = {
    adders: columns.map(({ valueField }) => compileComparedCell(valueField)),
    rows: new SentRows(),
    sets: new Map(),
    hash: new KeyHasher(),
  }
  const names = columns.map(({ name }) => name)
  const key = identifyingColumn(plan, operation)
  const finders = headers.map(header => {
    const positions = columnPositions(names, header)
    const present = [...positions.keys()].filter(column => positions[column] !== -1)
    const unchanged = present.filter(column => !changed.includes(names[column] ?? ''))
    const byKey = unchanged.includes(key) ? [[key]] : []
    const withoutChanged = unchanged.length < present.length ? [unchanged] : []
    return compileFinder(job, positions, [...byKey, present, ...withoutChanged])
  })
  let unmatched = 0
  const match = finders.map(
    (find): MatchResult =>
      (results, index) => {
        const row = find(results, index)
        if (row === undefined) unmatched++
        return row
      },
  )
  return { sent: compileSent(job), match, unmatched: () => unmatched, unanswered: () => job.rows.left() }
}

/** Adds the comparison form of a cell to the hash. */
type AddCell = ReturnType<typeof compileComparedCell>

type SentJob = {
  /** For each column sent. */
  readonly adders: readonly AddCell[]
  readonly rows: SentRows
  /** By the columns that the files contain, so that files with the same columns share a set. */
  readonly sets: Map<string, ColumnSet>
  readonly hash: KeyHasher
}

/** Hashes some cells of a record. @param positions of the columns in the file */
function hashCells(
  { adders, hash }: SentJob,
  cells: CellBatch,
  record: number,
  columns: readonly number[],
  positions: readonly number[],
): KeyHasher {
  const first = cells.firstCells[record] as number
  const width = (cells.firstCells[record + 1] as number) - first
  hash.reset()
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i] as number
    const position = positions[column] as number
    if (position >= width) hash.add('')
    else (adders[column] as AddCell)(hash, cells, first + position)
  }
  return hash.finish()
}

function compileSent(job: SentJob): Correlator['sent'] {
  const { adders, rows, sets } = job
  const all = [...adders.keys()]
  return batch => {
    for (let record = 0; record < batch.records; record++) {
      rows.hashes.add(hashCells(job, batch, record, all, all))
      for (const { columns, hashes } of sets.values()) {
        if (hashes !== rows.hashes) hashes.add(hashCells(job, batch, record, columns, all))
      }
    }
  }
}

/** Finds the row of a result: an equal one near to the last, otherwise by each set of columns in turn. */
function compileFinder(
  job: SentJob,
  positions: readonly number[],
  columnSets: readonly (readonly number[])[],
): MatchResult {
  const { rows, sets } = job
  const all = [...positions.keys()]
  const isWhole = !positions.includes(-1)
  const lookups = columnSets.map(columns => {
    const name = columns.join()
    const isAll = columns.length === all.length
    const set = sets.get(name) ?? new ColumnSet(columns, rows, isAll ? rows.hashes : new RowHashes())
    sets.set(name, set)
    return set
  })
  let next = 0
  return (results, index) => {
    if (isWhole) {
      const row = rows.takeEqual(next, hashCells(job, results, index, all, positions))
      if (row !== undefined) {
        next = row + 1
        return row
      }
    }
    // Of the whole row at first: most files have all columns.
    let hashed = isWhole ? rows.hashes : undefined
    for (const set of lookups) {
      if (hashed !== set.hashes) hashCells(job, results, index, set.columns, positions)
      hashed = set.hashes
      const row = set.take(job.hash)
      if (row === undefined) continue
      next = row + 1
      return row
    }
    return undefined
  }
}

/** The column whose values are unique; -1 when no column is. */
function identifyingColumn(plan: SyncPlan, operation: Operation): number {
  if (operation === 'update' || operation === 'delete') return 0
  const [field, ...others] = identifyingFields(plan, operation)
  if (field === undefined || others.length > 0) return -1
  // The key field of a create may be any field, which the org may rewrite so that two rows have the same value.
  if (operation === 'create' && !isUniqueExternalId(field)) return -1
  return wireColumns(plan, operation).findIndex(column => column.name === field.wireName)
}

/** The index of each column sent in a result file; -1 when the file lacks it. An Id is given as `sf__Id` too. */
function columnPositions(names: readonly string[], header: readonly string[]): number[] {
  const lower = header.map(name => name.toLowerCase())
  return names.map(name => {
    const position = lower.indexOf(name.toLowerCase())
    return position === -1 && name === 'Id' ? lower.indexOf('sf__id') : position
  })
}

/** Finds the columns that Salesforce returns with other values than were sent. Pass all rows and all results, in any order. */
type ColumnCheck = {
  readonly sent: (rows: CellBatch) => void
  /** For each header, the function that takes a result of that file. */
  readonly result: readonly ((results: CellBatch, index: number) => void)[]
  /**
   * The changed columns. Empty when no column at all is unchanged: then results are missing, and the columns cannot
   * be compared.
   */
  readonly changed: () => readonly string[]
}

/**
 * For a job with results that belong to no row: an org may rewrite a column in a way that this client does not know. As every row
 * has one result, the values of an unchanged column are the same on both sides, whatever their order. They are added up as
 * hashes, so memory does not grow with the job.
 *
 * @param headers - as for `createCorrelator`
 */
export function createColumnCheck(
  plan: SyncPlan,
  operation: Operation,
  headers: readonly (readonly string[])[],
): ColumnCheck {
  const columns = wireColumns(plan, operation)
  const names = columns.map(({ name }) => name)
  const adders = columns.map(({ valueField }) => compileComparedCell(valueField))
  // Two sums of 32 bits for each column; a row sent adds to them, and its result subtracts the same.
  const sums = new Int32Array(columns.length * 2)
  const hash = new KeyHasher()
  const add = (cells: CellBatch, record: number, column: number, position: number, sign: 1 | -1) => {
    const first = cells.firstCells[record] as number
    hash.reset()
    if (first + position >= (cells.firstCells[record + 1] as number)) hash.add('')
    else (adders[column] as AddCell)(hash, cells, first + position)
    const { a, b } = hash.finish()
    sums[column * 2] = (sums[column * 2] as number) + sign * a
    sums[column * 2 + 1] = (sums[column * 2 + 1] as number) + sign * b
  }
  const positions = headers.map(header => columnPositions(names, header))
  const everywhere = [...columns.keys()].filter(column => positions.every(places => places[column] !== -1))
  const isChanged = (column: number) => sums[column * 2] !== 0 || sums[column * 2 + 1] !== 0
  return {
    sent: rows => {
      for (let row = 0; row < rows.records; row++) {
        for (const column of everywhere) add(rows, row, column, column, 1)
      }
    },
    result: positions.map(places => (results, index) => {
      for (const column of everywhere) add(results, index, column, places[column] as number, -1)
    }),
    changed: () => {
      const changed = everywhere.filter(isChanged)
      return changed.length === everywhere.length ? [] : changed.map(column => names[column] ?? '')
    },
  }
}
