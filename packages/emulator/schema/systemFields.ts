import { date, datetime, reference, userReference } from './fieldBuilders.ts'
import { alwaysVisible, defaulted, readOnly, required, system } from './fieldTraits.ts'
import type { FieldSchema } from './types.ts'

/** The record type of records that have no other. */
export const MASTER_RECORD_TYPE = '012000000000000AAA'

/** The record type, a field of objects that have any. */
export function recordTypeId(): FieldSchema {
  return reference('RecordTypeId', 'Record Type ID', 'RecordType', 'RecordType', alwaysVisible, {
    searchPrefilterable: false,
  })
}

/** The owner of the record: the user who creates it, unless the record names another. */
export function owner(): FieldSchema {
  return userReference('OwnerId', 'Owner ID', 'Owner', required, defaulted)
}

/** An owner that may also be a queue. */
export function ownerOrQueue(): FieldSchema {
  const polymorphic = { searchPrefilterable: false, polymorphicForeignKey: true, namePointing: true }
  return reference('OwnerId', 'Owner ID', ['Group', 'User'], 'Owner', required, defaulted, polymorphic)
}

/** The record that this record was merged into. */
export function masterRecord(objectName: string): FieldSchema {
  return reference('MasterRecordId', 'Master Record ID', objectName, 'MasterRecord', readOnly, {
    searchPrefilterable: false,
  })
}

/** Audit fields: creator, last modifier and times; five fields of every object. */
export function audit(): readonly FieldSchema[] {
  return [
    datetime('CreatedDate', 'Created Date', system),
    userReference('CreatedById', 'Created By ID', 'CreatedBy', system),
    datetime('LastModifiedDate', 'Last Modified Date', system),
    userReference('LastModifiedById', 'Last Modified By ID', 'LastModifiedBy', system),
    datetime('SystemModstamp', 'System Modstamp', system),
  ]
}

export function lastActivity(): FieldSchema {
  return date('LastActivityDate', 'Last Activity', readOnly)
}

/** When the running user last viewed the record or a related one. */
export function lastViewed(): readonly FieldSchema[] {
  return [
    datetime('LastViewedDate', 'Last Viewed Date', readOnly),
    datetime('LastReferencedDate', 'Last Referenced Date', readOnly),
  ]
}
