import { toId18 } from '../records/recordId.ts'
import type { Table } from '../records/table.ts'
import type { FieldSchema } from '../schema/types.ts'
import { type RecordError, recordError } from '../values/recordError.ts'
import { toStoredText } from '../values/storedText.ts'

const absent: RecordError = {
  ...recordError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', []),
  status: 404,
}

const deleted: RecordError = { ...recordError('ENTITY_IS_DELETED', 'entity is deleted', []), status: 404 }

function malformed(table: Table, text: string): RecordError {
  const label = table.schema.fieldsByName.get('id')?.label ?? 'Record ID'
  return recordError('MALFORMED_ID', `${label}: id value of incorrect type: ${text}`, ['Id'])
}

/** The place of a live record by an id of 15 or 18 characters, or the error if it does not exist. */
export function findById(table: Table, id: string): number | RecordError {
  if (id === '') return recordError('MISSING_ARGUMENT', 'Id not specified in an update call', [])
  const id18 = toId18(id)
  if (id18 === undefined || !id18.startsWith(table.schema.keyPrefix)) return malformed(table, id)
  const place = table.placeOf(id18)
  if (place === undefined) return absent
  return table.isLive(place) ? place : deleted
}

/** Places of the live records whose key field has the value; an invalid key is rejected. */
export function findByKey(table: Table, keyField: FieldSchema, key: string): readonly number[] | RecordError {
  if (keyField.type === 'id') {
    if (key === '') return []
    const place = findById(table, key)
    return typeof place === 'number' ? [place] : place
  }
  const text = toStoredText(keyField)(key)
  if (typeof text === 'symbol' || text === '') {
    return recordError('MISSING_ARGUMENT', `${keyField.name} not specified`, [])
  }
  if (typeof text !== 'string') return text
  return table.placesWith(keyField, text).filter(place => table.isLive(place))
}

/** The error for several records with the key of an upsert. */
export function ambiguousKey(table: Table, keyField: FieldSchema, places: readonly number[]): RecordError {
  const ids = places.map(place => table.idOf(place)).join(', ')
  return recordError('DUPLICATE_EXTERNAL_ID', `More than one record found for external id field: [${ids}]`, [
    keyField.name,
  ])
}
