import type { Operation } from '../../../packages/client/contract/operations.ts'

// The columns of the source of an undo. Names with a dot and a small first letter are no fields of Salesforce; identity fields keep their own.
export const UNDO_ROW = 'undo.row'
export const UNDO_OPERATION = 'undo.operation'
export const UNDO_ID = 'undo.Id'
/** Of records that were loaded in waves: blank for those that are taken back first. */
export const UNDO_WAVE = 'undo.wave'

/** The column with the value that a field gets back. @param field as Salesforce spells it */
export const restoredColumn = (field: string): string => `undo.restore.${field}`

/** The column with the value that the run wrote. @param field a field of its plan */
export const writtenColumn = (field: string): string => `undo.wrote.${field}`

/** The values of a record by field of one of the two plans; a field that is left out is neither written nor compared. */
type Values = ReadonlyMap<string, string>

/** What takes back what a run has written of one record. */
export type Way =
  | {
      readonly operation: Operation
      readonly restored: Values
      readonly written: Values
      /** Of the record that is written; that of the earlier run if absent. */
      readonly id?: string
    }
  /** Why the record is left as it is. */
  | { readonly operation: Operation; readonly problem: string }
