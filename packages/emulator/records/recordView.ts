import type { FieldSchema } from '../schema/types.ts'
import type { FieldValue, StoredRecord } from '../soql/types.ts'
import { DERIVED_VALUES } from './derivedValues.ts'
import type { Table } from './table.ts'

const AUTO_NUMBER_DIGITS = 8
const FIRST_AUTO_NUMBER = 1000

/** `2026-11-25T10:00:00.000+0000`: stored times have no milliseconds. */
export function salesforceDatetime(epochMilliseconds: number): string {
  return `${new Date(Math.floor(epochMilliseconds / 1000) * 1000).toISOString().slice(0, -1)}+0000`
}

type UserId = (userPlace: number) => string
type AuditField = (audit: Table['audit'], place: number, userId: UserId) => string

const AUDIT_FIELDS: ReadonlyMap<string, AuditField> = new Map(
  Object.entries({
    CreatedDate: (audit, place) => salesforceDatetime(audit.creator(place).now),
    LastModifiedDate: (audit, place) => salesforceDatetime(audit.modifier(place).now),
    SystemModstamp: (audit, place) => salesforceDatetime(audit.modifier(place).now),
    CreatedById: (audit, place, userId) => userId(audit.creator(place).userPlace),
    LastModifiedById: (audit, place, userId) => userId(audit.modifier(place).userPlace),
  }),
)

function typed(field: FieldSchema, text: string): FieldValue {
  if (field.type === 'boolean') return text === '' ? field.defaultValue === true : text === 'true'
  if (text === '') return null
  return field.soapType === 'xsd:double' || field.soapType === 'xsd:int' ? Number(text) : text
}

// A person's Name is composed from its parts, and never written. An account may be a person or have a name of its own.
function isPersonName(table: Table, place: number, field: FieldSchema) {
  if (field.name !== 'Name' || !table.schema.fieldsByName.has('lastname')) return false
  return !field.createable || table.text(place, 'LastName') !== ''
}

function personName(table: Table, place: number): string {
  return [table.text(place, 'FirstName'), table.text(place, 'LastName')].filter(part => part !== '').join(' ')
}

/** The value of one field as the API shows it. A field that the object does not have has no value. */
export function fieldValue(table: Table, place: number, name: string, userId: UserId): FieldValue {
  if (name === 'Id') return table.idOf(place)
  const audit = AUDIT_FIELDS.get(name)
  if (audit !== undefined) return audit(table.audit, place, userId)
  if (name === 'IsDeleted') return table.status(place) === 'deleted'
  const field = table.schema.fieldsByName.get(name.toLowerCase())
  if (field === undefined) return null
  if (field.autoNumber) return String(FIRST_AUTO_NUMBER + place).padStart(AUTO_NUMBER_DIGITS, '0')
  if (isPersonName(table, place, field)) return personName(table, place)
  const derive = field.updateable ? undefined : DERIVED_VALUES[table.schema.name]?.[field.name]
  if (derive !== undefined) return derive(other => table.text(place, other))
  const text = table.text(place, field.name)
  if (text === '' && field.name === 'OwnerId') return userId(table.audit.creator(place).userPlace)
  return typed(field, text)
}

/** A record as the query engine reads it. */
export function recordView(table: Table, place: number, userId: UserId): StoredRecord {
  return {
    get: name => fieldValue(table, place, name, userId),
  }
}
