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
