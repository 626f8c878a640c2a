import type { Org } from '../records/org.ts'
import type { Table } from '../records/table.ts'
import type { UserAccess } from '../schema/access.ts'
import type { FieldSchema } from '../schema/types.ts'
import { javaDouble } from '../values/decimal.ts'
import { type RecordError, recordError } from '../values/recordError.ts'
import { parentKey, toParentId, toReference } from '../values/references.ts'
import { NOT_OF_TYPE, type ToStoredText, toStoredText } from '../values/storedText.ts'

const NULL = '#N/A'

/** A column of an uploaded CSV: how its values are stored, and how the results show them. */
export type Column = {
  readonly name: string
  readonly field: FieldSchema
  /** undefined leaves the field unchanged, '' clears it. */
  readonly read: (text: string) => string | undefined | RecordError
  /** The uploaded value as the results show it. */
  readonly echo: (uploaded: string, stored: string) => string
}

/** How a job's results spell datetimes: real orgs use both ways. */
export type DatetimeEcho = 'seconds' | 'milliseconds'

function reader(field: FieldSchema, position: number, toText: ToStoredText): Column['read'] {
  const { name, soapType } = field
  return text => {
    if (text === '') return undefined
    if (text === NULL) return ''
    const stored = toText(text)
    if (stored === '') return undefined
    if (stored !== NOT_OF_TYPE) return stored
    const message = `Failed to deserialize field at col ${position}. Due to, '${text}' is not a valid value for the type ${soapType}`
    return recordError('INVALID_FIELD', message, [name])
  }
}

function echoOf(field: FieldSchema, datetimes: DatetimeEcho): Column['echo'] {
  if (field.soapType === 'xsd:double') return (_uploaded, stored) => javaDouble(stored)
  if (field.type !== 'datetime') return (_uploaded, stored) => stored
  const end = datetimes === 'seconds' ? 'Z' : '.000Z'
  return (_uploaded, stored) => stored.slice(0, 19) + end
}

function ownColumn(org: Org, field: FieldSchema, name: string, position: number, datetimes: DatetimeEcho): Column {
  return {
    name,
    field,
    read: reader(field, position, field.type === 'reference' ? toReference(field, org) : toStoredText(field)),
    echo: echoOf(field, datetimes),
  }
}

function parentColumn(org: Org, table: Table, name: string, position: number): Column | undefined {
  const dot = name.lastIndexOf('.')
  const key = parentKey(org, table.schema.name, name.slice(0, dot), name.slice(dot + 1))
  if (key === undefined) return undefined
  return {
    name,
    field: key.field,
    read: reader(key.field, position, toParentId(key, org)),
    echo: uploaded => uploaded.trim(),
  }
}

/** The columns of a header, or the problem of the first one that is not possible: not a field visible to the user, or a file. */
export function readColumns(
  org: Org,
  table: Table,
  access: UserAccess,
  header: readonly string[],
  datetimes: DatetimeEcho,
): readonly Column[] | string {
  const columns: Column[] = []
  for (const [position, name] of header.entries()) {
    const field = table.schema.fieldsByName.get(name.toLowerCase())
    const isVisible = field !== undefined && access.fieldVisible(table.schema.name, field.name)
    const column = isVisible
      ? ownColumn(org, field, name, position, datetimes)
      : parentColumn(org, table, name, position)
    if (column === undefined) return `Field name not found : ${name}`
    // Words: https://github.com/forcedotcom/SFDX-Data-Move-Utility/issues/141
    if (column.field.type === 'base64')
      return `Binary field ${name} is only supported for content types ZIP_XML and ZIP_CSV`
    columns.push(column)
  }
  return columns
}
