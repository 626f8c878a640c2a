import type { Org } from '../records/org.ts'
import { MASTER_RECORD_TYPE } from '../schema/systemFields.ts'
import { type RecordError, recordError } from '../values/recordError.ts'

/** The error of a record type that is not active, not of this object, or not available to the user. */
export function rejectedRecordType(org: Org, objectName: string, id: string): RecordError | undefined {
  if (id === '' || id === MASTER_RECORD_TYPE) return undefined
  const type = org.recordTypes.of(objectName).find(known => known.id === id)
  if (type?.isActive === true && type.isAvailable) return undefined
  const message = `Record Type ID: this ID value isn't valid for the user: ${id}`
  return recordError('INVALID_CROSS_REFERENCE_KEY', message, ['RecordTypeId'])
}

/** The record type of a new record that names none; '' for the master record type. */
export function defaultRecordType(org: Org, objectName: string, isPerson: boolean): string {
  const types = org.recordTypes.of(objectName)
  const chosen = types.find(type => (isPerson ? type.isPersonType : type.isDefault && !type.isPersonType))
  return chosen?.id ?? ''
}
