import { apiError } from '../apiError.ts'
import type { Answer } from '../http/answer.ts'
import { type Call, isObject, visibleTable } from '../http/call.ts'
import type { StoredBody } from '../records/fileBodies.ts'
import { toId18 } from '../records/recordId.ts'
import type { Table } from '../records/table.ts'
import { type RecordError, recordError } from '../values/recordError.ts'
import type { JsonRecord } from './jsonRecord.ts'

type Part = { readonly fieldName: string; readonly body: StoredBody | undefined }

// An empty part is a file without content.
function keyOf(body: StoredBody | undefined): string {
  return body === undefined || body.bytes === 0 ? '' : body.key
}

function withParts({ schema }: Table, record: JsonRecord, parts: readonly Part[]): JsonRecord | RecordError {
  const fields = [...record.fields]
  const cells = [...record.cells]
  for (const { fieldName, body } of parts) {
    const field = schema.fieldsByName.get(fieldName.toLowerCase())
    if (field?.type !== 'base64') {
      return recordError('INVALID_FIELD', `No such column '${fieldName}' on sobject of type ${schema.name}`)
    }
    fields.push(field)
    cells.push(keyOf(body))
  }
  return { fields, cells }
}

/** The record of a request with the files of its parts: the name of a part is that of its field. */
export function withFiles({ body }: Call, table: Table, record: JsonRecord): JsonRecord | RecordError {
  const parts = [...(body.files ?? [])].map(([fieldName, file]) => ({ fieldName, body: file }))
  return parts.length === 0 ? record : withParts(table, record, parts)
}

/** A record of a collection with its file: its attributes name the part and the field. */
export function withFileOfRecord(
  { body }: Call,
  table: Table,
  record: JsonRecord,
  attributes: unknown,
): JsonRecord | RecordError {
  if (body.files === undefined || !isObject(attributes)) return record
  const { binaryPartName, binaryPartNameAlias: fieldName } = attributes
  if (typeof binaryPartName !== 'string' || typeof fieldName !== 'string') return record
  const file = body.files.get(binaryPartName)
  if (file !== undefined) return withParts(table, record, [{ fieldName, body: file }])
  throw apiError(400, 'INVALID_MULTIPART_REQUEST', `The request has no part named ${binaryPartName}`)
}

/**
 * `GET /sobjects/X/{id}/{field}` of a field that holds a file; undefined for any other path.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_blob_retrieve.htm
 */
export function readFile(call: Call): Answer | undefined {
  const { object = '', field: id = '', value: fieldName = '' } = call.params
  const table = visibleTable(call, object)
  const field = table.schema.fieldsByName.get(fieldName.toLowerCase())
  const place = table.placeOf(toId18(id) ?? '')
  if (field?.type !== 'base64' || place === undefined || !table.isLive(place)) return undefined
  const body = call.state.org.bodies.pieces(table.text(place, field.name))
  return { status: 200, headers: { 'content-type': 'application/octetstream' }, body }
}
