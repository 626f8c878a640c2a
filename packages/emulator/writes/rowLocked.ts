import { type RecordError, recordError } from '../values/recordError.ts'

/** The error of a record that another transaction holds. @param id absent for a record without an Id, as older versions of the API omit it */
export function rowLocked(id: string | undefined): RecordError {
  const which = id === undefined ? '' : ` or 1 records: ${id}`
  return recordError('UNABLE_TO_LOCK_ROW', `unable to obtain exclusive access to this record${which}`, [])
}
