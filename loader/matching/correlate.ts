import type { Operation } from '../../packages/client/contract/operations.ts'
import { identifyingField, type SyncPlan, wireColumns } from '../plan/syncPlan.ts'
import { compileComparisonKey } from '../values/fieldValue.ts'
import { KeyHasher } from './keyHasher.ts'
import { ColumnSet, SentRows } from './sentRows.ts'

/** Matches the results of one ingest job to the rows sent. Pass all rows first, then all results. */
export type Correlator = {
  /** A row as it was sent. */
  readonly sent: (row: number, cells: readonly string[]) => void
  /**
   * For each header the function that finds the row of a result of that file; undefined when no row that is left
   * matches. Read the file with the most columns first: its matches help to match the others.
   */
  readonly match: readonly ((values: readonly string[]) => number | undefined)[]
  /** Results that belonged to no row. */
  readonly unmatched: () => number
  /** Rows without an answer, in the order sent. */
  readonly unanswered: () => readonly number[]
}

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
    keysOf: columns.map(({ valueField }) => compileComparisonKey(valueField)),
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
  const match = finders.map(find => (values: readonly string[]) => {
    const row = find(values)
    if (row === undefined) unmatched++
    return row
  })
  return { sent: compileSent(job), match, unmatched: () => unmatched, unanswered: () => job.rows.untaken() }
}

type SentJob = {
  /** For each column sent, the function that gives a value's comparison form. */
  readonly keysOf: readonly ((text: string) => string)[]
  readonly rows: SentRows
  /** By the columns that the files contain, so that files with the same columns share a set. */
  readonly sets: Map<string, ColumnSet>
  readonly hash: KeyHasher
}

function compileSent({ keysOf, rows, sets, hash }: SentJob): Correlator['sent'] {
  const width = keysOf.length
  const texts: string[] = new Array(width)
  return (row, cells) => {
    hash.reset()
    for (let i = 0; i < width; i++) {
      const text = (keysOf[i] as (text: string) => string)(cells[i] ?? '')
      texts[i] = text
      hash.add(text)
    }
    const index = rows.add(row, hash.finish())
    // Most files contain every column: then the hash of the whole row is used.
    let isWhole = true
    for (const set of sets.values()) {
      const { columns } = set
      if (!isWhole || columns.length < width) {
        hash.reset()
        for (const column of columns) hash.add(texts[column] as string)
        hash.finish()
        isWhole = columns.length === width
      }
      set.add(index, hash)
    }
  }
}

/** Finds the row of a result by each set of columns in turn. */
function compileFinder(
  { keysOf, rows, sets, hash }: SentJob,
  positions: readonly number[],
  columnSets: readonly (readonly number[])[],
): (values: readonly string[]) => number | undefined {
  const lookups = columnSets.map(columns => {
    const name = columns.join()
    const set = sets.get(name) ?? new ColumnSet(columns, rows)
    sets.set(name, set)
    return set
  })
  return values => {
    for (const set of lookups) {
      hash.reset()
      for (const column of set.columns) {
        const text = values[positions[column] as number] ?? ''
        hash.add((keysOf[column] as (text: string) => string)(text))
      }
      const row = set.take(hash.finish())
      if (row !== undefined) return row
    }
    return undefined
  }
}

/** The column whose values are unique; -1 when no column is. */
function identifyingColumn(plan: SyncPlan, operation: Operation): number {
  if (operation === 'update') return 0
  const name = identifyingField(plan, operation)?.wireName
  return wireColumns(plan, operation).findIndex(column => column.name === name)
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
  readonly sent: (cells: readonly string[]) => void
  /** For each header, the function that takes a result of that file. */
  readonly result: readonly ((values: readonly string[]) => void)[]
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
  const keysOf = columns.map(({ valueField }) => compileComparisonKey(valueField))
  // Two sums of 32 bits for each column; a row sent adds to them, and its result subtracts the same.
  const sums = new Int32Array(columns.length * 2)
  const hash = new KeyHasher()
  const add = (column: number, text: string, sign: 1 | -1) => {
    const { a, b } = hash
      .reset()
      .add((keysOf[column] as (text: string) => string)(text))
      .finish()
    sums[column * 2] = (sums[column * 2] as number) + sign * a
    sums[column * 2 + 1] = (sums[column * 2 + 1] as number) + sign * b
  }
  const positions = headers.map(header => columnPositions(names, header))
  const everywhere = [...columns.keys()].filter(column => positions.every(places => places[column] !== -1))
  const isChanged = (column: number) => sums[column * 2] !== 0 || sums[column * 2 + 1] !== 0
  return {
    sent: cells => {
      for (const column of everywhere) add(column, cells[column] ?? '', 1)
    },
    result: positions.map(places => values => {
      for (const column of everywhere) add(column, values[places[column] as number] ?? '', -1)
    }),
    changed: () => {
      const changed = everywhere.filter(isChanged)
      return changed.length === everywhere.length ? [] : changed.map(column => names[column] ?? '')
    },
  }
}
