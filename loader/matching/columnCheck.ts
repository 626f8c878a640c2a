import type { Operation } from '../../packages/client/contract/operations.ts'
import { type SyncPlan, wireColumns } from '../plan/syncPlan.ts'
import { compileComparisonKey } from '../values/fieldValue.ts'
import { columnPositions } from './correlate.ts'
import { KeyHasher } from './keyHasher.ts'

/** Finds the columns that Salesforce returns with other values than it was sent. Feed all rows and all results, in any order. */
export type ColumnCheck = {
  readonly sent: (cells: readonly string[]) => void
  /** For each header what takes a result of that file. */
  readonly result: readonly ((values: readonly string[]) => void)[]
  /**
   * The changed columns. None when not a single column is as it was sent: then results are missing, and the columns cannot
   * be judged.
   */
  readonly changed: () => readonly string[]
}

/**
 * For the job of which some results belong to no row: an org may rewrite a column in a way that is known nowhere. As every row
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
  // Two sums of 32 bits for each column; a row sent adds to them what its result takes away.
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
