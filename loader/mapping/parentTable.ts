// Where a run finds the parents of its records: built before the records are staged, so that each of them gets the Id of its parent.
import type { LineBuffer } from '../csv/lineBuffer.ts'
import { isBlank } from '../values/text.ts'
import type { ValueProblem } from '../values/valueProblem.ts'

export type ParentTable = {
  /**
   * @param values of the `from` columns as the source has them, none blank
   * @returns the Id of the parent; blank when there is none and the field may be blank; else why the record has no parent
   */
  readonly find: (values: readonly string[]) => string | ValueProblem
  /**
   * Writes the Id of the parent that a value means: of one column, of ASCII, and without blanks around it. False when there is none, or `find` has to
   * be asked: it makes strings.
   */
  readonly writeId?: (line: LineBuffer, bytes: Buffer, start: number, end: number) => boolean
}

/** By the name of the mapped field: `AccountId`. */
export type ParentTables = ReadonlyMap<string, ParentTable>

/** How a cell with the Id of a parent is made. */
export type ParentCell = {
  /** Label of the field that is set. */
  readonly label: string
  readonly columns: readonly string[]
  /** Of the columns in a row of the source. */
  readonly positions: readonly number[]
  readonly table: ParentTable
}

/** The Id of the parent that the values of the columns mean; blank when all of them are. */
export function parentOf({ label, columns, table }: ParentCell, values: readonly string[]): string | ValueProblem {
  const blank = values.findIndex(isBlank)
  if (blank < 0) return table.find(values)
  if (values.every(isBlank)) return ''
  const given = columns.filter((_, index) => !isBlank(values[index] as string))
  return {
    code: 'PARENT_NOT_FOUND',
    message: `${label}: column ${columns[blank]} is blank, and the parent is found by it and ${given.join(', ')}; fill it, or leave all of them blank`,
  }
}
