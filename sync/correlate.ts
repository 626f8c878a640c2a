import { ColumnSet } from './columnSet.ts'
import { compileComparisonKey } from './fieldValue.ts'
import { KeyHasher } from './keyHasher.ts'
import type { SyncPlan } from './plan.ts'
import { SentRows } from './sentRows.ts'
import type { Operation } from './spec.ts'
import { keyColumnIndex, wireColumns } from './wireColumns.ts'

/** Matches the results of one ingest job to the rows sent. Feed all rows first, then all results. */
export type Correlator = {
  /** A row as it was sent. */
  readonly sent: (row: number, cells: readonly string[]) => void
  /**
   * For each header the function that finds the row of a result of that file; undefined when no row is left that it can
   * be told to belong to. Read the file with the most columns first: what it settles helps to tell the others apart.
   */
  readonly match: readonly ((values: readonly string[]) => number | undefined)[]
  /** Results that belonged to no row. */
  readonly unmatched: () => number
  /** Rows without an answer, in the order sent. */
  readonly unanswered: () => readonly number[]
}

/**
 * Salesforce gives the results of a job in no order, with values rewritten, columns re-ordered and unused columns left
 * out. So results are read by column name and matched by Id, else by a unique External ID, else by the whole row in
 * comparison form; equal rows are interchangeable. Never by position.
 *
 * @param headers - of the result files that are not empty: successful, failed, unprocessed
 */
export function createCorrelator(
  plan: SyncPlan,
  operation: Operation,
  headers: readonly (readonly string[])[],
): Correlator {
  const columns = wireColumns(plan, operation)
  const keysOf = columns.map(({ valueField }) => compileComparisonKey(valueField))
  const rows = new SentRows()
  const hash = new KeyHasher()
  const sets = new Map<string, ColumnSet>()
  let unmatched = 0
  const setOf = (indexes: readonly number[]): ColumnSet => {
    const name = indexes.join()
    const set = sets.get(name) ?? new ColumnSet(indexes, rows)
    sets.set(name, set)
    return set
  }
  const match = headers.map(header => {
    const position = columnPositions(
      columns.map(({ name }) => name),
      header,
    )
    const present = [...columns.keys()].filter(index => position[index] !== -1)
    const key = identifyingColumn(plan, operation)
    const lookups = [...(position[key] === undefined || position[key] === -1 ? [] : [setOf([key])]), setOf(present)]
    const textAt = (values: readonly string[], index: number) =>
      (keysOf[index] as (text: string) => string)(values[position[index] as number] ?? '')
    return (values: readonly string[]) => {
      for (const set of lookups) {
        hash.reset()
        for (const index of set.columns) hash.add(textAt(values, index))
        const row = set.take(hash.finish())
        if (row !== undefined) return row
      }
      unmatched++
      return undefined
    }
  })
  const texts: string[] = new Array(columns.length)
  const sent = (row: number, cells: readonly string[]) => {
    hash.reset()
    for (let i = 0; i < texts.length; i++) {
      texts[i] = (keysOf[i] as (text: string) => string)(cells[i] ?? '')
      hash.add(texts[i] as string)
    }
    const index = rows.add(row, hash.finish())
    for (const set of sets.values()) {
      hash.reset()
      for (const column of set.columns) hash.add(texts[column] as string)
      set.add(index, hash.finish())
    }
  }
  return { sent, match, unmatched: () => unmatched, unanswered: () => rows.untaken() }
}

/** The column whose value alone tells records apart; -1 when there is none. */
function identifyingColumn(plan: SyncPlan, operation: Operation): number {
  if (operation !== 'create') return keyColumnIndex(plan, operation)
  return wireColumns(plan, operation).findIndex(
    ({ field, valueField }) => field && !field.relationship && valueField.externalId && valueField.unique,
  )
}

/** Where each column sent stands in a result file; -1 when the file lacks it. An Id is given as `sf__Id` too. */
function columnPositions(names: readonly string[], header: readonly string[]): number[] {
  const lower = header.map(name => name.toLowerCase())
  return names.map(name => {
    const position = lower.indexOf(name.toLowerCase())
    return position === -1 && name === 'Id' ? lower.indexOf('sf__id') : position
  })
}
