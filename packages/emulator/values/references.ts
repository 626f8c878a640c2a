import type { Org } from '../records/org.ts'
import { toId18 } from '../records/recordId.ts'
import { MASTER_RECORD_TYPE } from '../schema/systemFields.ts'
import type { FieldSchema } from '../schema/types.ts'
import { type RecordError, recordError } from './recordError.ts'
import type { ToStoredText } from './storedText.ts'

function wrongId(field: FieldSchema, text: string): RecordError {
  return recordError('MALFORMED_ID', `${field.label}: id value of incorrect type: ${text}`, [field.name])
}

function missingRecord(field: FieldSchema, id: string): RecordError {
  return field.name === 'RecordTypeId'
    ? recordError('INVALID_CROSS_REFERENCE_KEY', `${field.label}: this ID value isn't valid for the user: ${id}`, [
        field.name,
      ])
    : recordError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', [])
}

/** Checks that an id is valid, is of an object that the field may refer to, and that its record exists; stores it with 18 characters. */
export function toReference(field: FieldSchema, org: Org): ToStoredText {
  const targets = field.referenceTo.flatMap(name => org.table(name) ?? [])
  const mayLeadElsewhere = targets.length < field.referenceTo.length
  return text => {
    const trimmed = text.trim()
    if (trimmed === '') return ''
    const id = toId18(trimmed)
    if (id === undefined) return wrongId(field, trimmed)
    if (field.name === 'RecordTypeId' && id === MASTER_RECORD_TYPE) return id
    const target = targets.find(table => id.startsWith(table.schema.keyPrefix))
    if (target === undefined) {
      return mayLeadElsewhere && org.tableOfId(id) === undefined ? missingRecord(field, id) : wrongId(field, trimmed)
    }
    const place = target.placeOf(id)
    return place === undefined || !target.isLive(place) ? missingRecord(field, id) : id
  }
}

/** A parent found by one of its external IDs instead of its record id. */
export type ParentKey = {
  /** The lookup field of the written child. */
  readonly field: FieldSchema
  readonly parentObject: string
  readonly keyField: FieldSchema
}

/**
 * The meaning of `Account.Ext_Id__c` on an object: the lookup with the relationship `Account`, by the parent's `Ext_Id__c`.
 * With several possible parents the object comes first (`Lead:Who.Email`), else the first one with such a key is used.
 * Undefined when the relationship does not exist, or the parent's field is not a key.
 */
export function parentKey(org: Org, objectName: string, relationship: string, keyName: string): ParentKey | undefined {
  const [typed, name] = relationship.includes(':') ? relationship.split(':', 2) : [undefined, relationship]
  const field = org.schemas.get(objectName.toLowerCase())?.fieldsByRelationship.get((name ?? '').toLowerCase())
  if (field === undefined) return undefined
  for (const parent of field.referenceTo) {
    if (typed !== undefined && typed.toLowerCase() !== parent.toLowerCase()) continue
    const keyField = org.schemas.get(parent.toLowerCase())?.fieldsByName.get(keyName.toLowerCase())
    if (keyField !== undefined && (keyField.idLookup || keyField.externalId)) {
      return { field, parentObject: parent, keyField }
    }
  }
  return undefined
}

/** Finds the parent's id by its key. */
export function toParentId({ parentObject, keyField }: ParentKey, org: Org): ToStoredText {
  const table = org.table(parentObject)
  return text => {
    const key = text.trim()
    if (key === '' || table === undefined) return ''
    if (keyField.type === 'id') {
      const place = table.placeOf(toId18(key) ?? '')
      return place === undefined ? notFound(key, keyField, parentObject) : table.idOf(place)
    }
    const places = table.placesWith(keyField, key).filter(place => table.isLive(place))
    const [place] = places
    if (place === undefined) return notFound(key, keyField, parentObject)
    if (places.length === 1) return table.idOf(place)
    const message = `Foreign key external ID: ${key} is not unique for field ${keyField.name} in entity ${parentObject}`
    return recordError('INVALID_FIELD', message)
  }
}

function notFound(key: string, keyField: FieldSchema, parentObject: string): RecordError {
  return recordError(
    'INVALID_FIELD',
    `Foreign key external ID: ${key} not found for field ${keyField.name} in entity ${parentObject}`,
  )
}
