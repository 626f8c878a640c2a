import { type ApiError, apiError } from '../apiError.ts'
import { isObject } from '../http/call.ts'
import type { Org } from '../records/org.ts'
import type { Table } from '../records/table.ts'
import type { UserAccess } from '../schema/access.ts'
import type { FieldSchema } from '../schema/types.ts'
import { toContent } from '../values/fileContents.ts'
import { type RecordError, recordError } from '../values/recordError.ts'
import { parentKey, toParentId, toReference } from '../values/references.ts'
import { NOT_OF_TYPE, type ToStoredText, toStoredText } from '../values/storedText.ts'
import type { Cells } from '../writes/writePlan.ts'

/** A record of a JSON request, ready to write. */
export type JsonRecord = { readonly fields: readonly FieldSchema[]; readonly cells: Cells }

/** The target of a record and its user. `body` is the request's text, for the columns in error messages. */
export type JsonTarget = {
  readonly org: Org
  readonly table: Table
  readonly access: UserAccess
  readonly body: string
}

const TEXT_TYPES: ReadonlySet<string> = new Set([
  'id',
  'reference',
  'string',
  'textarea',
  'picklist',
  'multipicklist',
  'combobox',
  'phone',
  'email',
  'url',
  'base64',
])

function javaType(field: FieldSchema): string {
  return TEXT_TYPES.has(field.type) ? 'string' : field.soapType.replace('xsd:', '').toLowerCase()
}

function token(value: unknown): string {
  if (typeof value === 'string') return 'VALUE_STRING'
  if (typeof value === 'number') return Number.isInteger(value) ? 'VALUE_NUMBER_INT' : 'VALUE_NUMBER_FLOAT'
  if (value === true) return 'VALUE_TRUE'
  if (value === false) return 'VALUE_FALSE'
  return Array.isArray(value) ? 'START_ARRAY' : 'START_OBJECT'
}

/** A value of the wrong JSON type or form fails the whole request, even a collection of 200 records. */
function undeserializable(field: FieldSchema, value: unknown, body: string): ApiError {
  const text = JSON.stringify(value)
  const column = body.indexOf(text, Math.max(0, body.indexOf(`"${field.name}"`))) + text.length + 1
  const shown = typeof value === 'object' ? '' : ` value ${String(value)}`
  const message =
    `Cannot deserialize instance of ${javaType(field)} from ${token(value)}${shown} or request may be missing a required field ` +
    `at [line:1, column:${column}]`
  return apiError(400, 'JSON_PARSER_ERROR', message)
}

function wireText(field: FieldSchema, value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' && !TEXT_TYPES.has(field.type) ? undefined : value
  if (typeof value === 'number') {
    const isNumeric = field.soapType === 'xsd:double' || field.soapType === 'xsd:int'
    return isNumeric ? String(value) : undefined
  }
  return typeof value === 'boolean' && field.type === 'boolean' ? String(value) : undefined
}

function converter(field: FieldSchema, org: Org): ToStoredText {
  if (field.type === 'reference') return toReference(field, org)
  return field.type === 'base64' ? toContent(org) : toStoredText(field)
}

function readValue(target: JsonTarget, field: FieldSchema, value: unknown): string | RecordError {
  if (value === null) return ''
  const text = wireText(field, value)
  if (text === undefined) throw undeserializable(field, value, target.body)
  const stored = converter(field, target.org)(text)
  if (stored === NOT_OF_TYPE) throw undeserializable(field, value, target.body)
  return stored
}

function noSuchColumn(table: Table, name: string) {
  return recordError('INVALID_FIELD', `No such column '${name}' on sobject of type ${table.schema.name}`)
}

type Entry = { readonly field: FieldSchema; readonly cell: string }

function readParent({ org, table }: JsonTarget, name: string, value: object): Entry | RecordError {
  const [keyEntry] = Object.entries(value).filter(([key]) => key !== 'attributes')
  const attributes: unknown = 'attributes' in value ? value.attributes : undefined
  const type = isObject(attributes) && typeof attributes['type'] === 'string' ? `${attributes['type']}:` : ''
  const key = keyEntry === undefined ? undefined : parentKey(org, table.schema.name, type + name, keyEntry[0])
  if (key === undefined || keyEntry === undefined) return noSuchColumn(table, name)
  const id = toParentId(key, org)(String(keyEntry[1] ?? ''))
  if (typeof id === 'symbol') return noSuchColumn(table, name)
  return typeof id === 'string' ? { field: key.field, cell: id } : id
}

function readEntry(target: JsonTarget, name: string, value: unknown): Entry | RecordError {
  const { schema } = target.table
  const field = schema.fieldsByName.get(name.toLowerCase())
  if (field !== undefined && target.access.fieldVisible(schema.name, field.name)) {
    const cell = readValue(target, field, value)
    return typeof cell === 'string' ? { field, cell } : cell
  }
  return isObject(value) ? readParent(target, name, value) : noSuchColumn(target.table, name)
}

/**
 * Reads the fields of a record, without its `attributes` and the names in `except` (lower case). Throws JSON_PARSER_ERROR when a value
 * is not of its field's type; any other error of the record is returned.
 */
export function readJsonRecord(
  target: JsonTarget,
  record: Readonly<Record<string, unknown>>,
  except: readonly string[],
): JsonRecord | RecordError {
  const fields: FieldSchema[] = []
  const cells: string[] = []
  let rejected: RecordError | undefined
  for (const [name, value] of Object.entries(record)) {
    if (name === 'attributes' || except.includes(name.toLowerCase())) continue
    const entry = readEntry(target, name, value)
    if ('statusCode' in entry) rejected ??= entry
    else {
      fields.push(entry.field)
      cells.push(entry.cell)
    }
  }
  return rejected ?? { fields, cells }
}

/** The value of a record's key in any case, as text: `id` and `Id` are one name. */
export function keyOf(record: Readonly<Record<string, unknown>>, name: string): string {
  const entry = Object.entries(record).find(([key]) => key.toLowerCase() === name.toLowerCase())
  return entry?.[1] === undefined || entry[1] === null ? '' : String(entry[1])
}
