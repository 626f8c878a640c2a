import { apiError } from '../apiError.ts'
import { type Answer, json } from '../http/answer.ts'
import { type Call, isObject, jsonBody, visibleTable } from '../http/call.ts'
import type { Table } from '../records/table.ts'
import { asSaveError, type RecordError, recordError } from '../values/recordError.ts'
import { findById } from '../writes/findRecord.ts'
import { isRejected, type RecordWriter, type WriteOutcome } from '../writes/recordWriter.ts'
import { idsInQuery, limitRecords } from './collectionLimits.ts'
import { withFileOfRecord } from './fileParts.ts'
import { type JsonRecord, keyOf, readJsonRecord } from './jsonRecord.ts'
import { upsertKey } from './singleRecord.ts'
import { writerFor } from './writerFor.ts'

const MAX_CHUNKS = 10

type JsonObject = Readonly<Record<string, unknown>>
type CollectionRequest = { readonly allOrNone: boolean; readonly records: readonly JsonObject[]; readonly text: string }

function readRequest(call: Call): CollectionRequest {
  const { value, text } = jsonBody(call.body)
  const { records, allOrNone } = value
  if (!Array.isArray(records) || !records.every(isObject)) {
    throw apiError(
      400,
      'JSON_PARSER_ERROR',
      'Cannot deserialize the request: records must be an array of objects at [line:1, column:1]',
    )
  }
  limitRecords(records.length)
  return { records, text, allOrNone: allOrNone === true }
}

function typeOf(record: JsonObject): string {
  const { attributes } = record
  return isObject(attributes) && typeof attributes['type'] === 'string' ? attributes['type'] : ''
}

/** Consecutive records of one type are a chunk. */
function limitChunks(records: readonly JsonObject[]): void {
  const types = records.map(record => typeOf(record).toLowerCase())
  const chunks = types.filter((type, index) => type !== types[index - 1]).length
  if (chunks <= MAX_CHUNKS) return
  const message = `Cannot have more than ${MAX_CHUNKS} chunks in a single operation. Please rearrange the data to reduce chunking.`
  throw apiError(400, 'LIMIT_EXCEEDED', message)
}

const rolledBack = recordError(
  'ALL_OR_NONE_OPERATION_ROLLED_BACK',
  'Record rolled back because not all records were valid and the request was using AllOrNone header',
  [],
)

/** Undoes all writes when one record was rejected and the request is all-or-none. */
function settleTogether(outcomes: readonly WriteOutcome[], allOrNone: boolean): readonly WriteOutcome[] {
  if (!allOrNone || !outcomes.some(isRejected)) return outcomes
  for (const outcome of [...outcomes].reverse()) if (!isRejected(outcome)) outcome.undo?.()
  return outcomes.map(outcome => (isRejected(outcome) ? outcome : rolledBack))
}

function answerFor(outcomes: readonly WriteOutcome[], isUpsert: boolean): Answer {
  return json(
    200,
    outcomes.map(outcome => {
      if (isRejected(outcome)) return { success: false, errors: [asSaveError(outcome)] }
      const result = { id: outcome.id, success: true, errors: [] }
      return isUpsert ? { ...result, created: outcome.created } : result
    }),
  )
}

type Target = { readonly writer: RecordWriter } | RecordError

function targets(call: Call, records: number): (record: JsonObject) => Target {
  const writers = new Map<string, Target>()
  return record => {
    const type = typeOf(record)
    const known = writers.get(type)
    if (known !== undefined) return known
    const table = call.state.org.table(type)
    const isVisible = table !== undefined && call.caller.access.object(table.schema.name).read
    const target = isVisible
      ? { writer: writerFor(call, table, records) }
      : recordError('INVALID_TYPE', `sObject type '${type}' is not supported.`)
    writers.set(type, target)
    return target
  }
}

function readRecord(call: Call, table: Table, record: JsonObject, body: string): JsonRecord | RecordError {
  const read = readJsonRecord({ org: call.state.org, table, access: call.caller.access, body }, record, ['id'])
  return 'statusCode' in read ? read : withFileOfRecord(call, table, read, record['attributes'])
}

function createOne(call: Call, { writer }: { readonly writer: RecordWriter }, record: JsonObject, text: string) {
  if (keyOf(record, 'Id') !== '') {
    return recordError('INVALID_FIELD_FOR_INSERT_UPDATE', 'cannot specify Id in an insert call', ['Id'])
  }
  const read = readRecord(call, writer.table, record, text)
  return 'statusCode' in read ? read : writer.create(writer.plan(read.fields), read.cells)
}

function updateOne(call: Call, { writer }: { readonly writer: RecordWriter }, record: JsonObject, text: string) {
  const read = readRecord(call, writer.table, record, text)
  const place = findById(writer.table, keyOf(record, 'Id'))
  if (typeof place !== 'number') return place
  return 'statusCode' in read ? read : writer.update(writer.plan(read.fields), read.cells, place)
}

function writeEach(call: Call, writeOne: typeof createOne): Answer {
  const { records, allOrNone, text } = readRequest(call)
  limitChunks(records)
  const targetOf = targets(call, records.length)
  rejectUnreadable(call, records, text)
  const outcomes = records.map(record => {
    const target = targetOf(record)
    return 'statusCode' in target ? target : writeOne(call, target, record, text)
  })
  return answerFor(settleTogether(outcomes, allOrNone), false)
}

// A value that cannot be deserialised fails the request before any record is written.
function rejectUnreadable(call: Call, records: readonly JsonObject[], text: string): void {
  for (const record of records) {
    const table = call.state.org.table(typeOf(record))
    if (table !== undefined) readRecord(call, table, record, text)
  }
}

/** `POST /composite/sobjects`. */
export function createCollection(call: Call): Answer {
  return writeEach(call, createOne)
}

/** `PATCH /composite/sobjects`. */
export function updateCollection(call: Call): Answer {
  return writeEach(call, updateOne)
}

function repeatedKeys(records: readonly JsonObject[], keyName: string): ReadonlySet<string> {
  const keys = records.map(record => keyOf(record, keyName).trim().toLowerCase())
  return new Set(keys.filter((key, index) => key !== '' && keys.indexOf(key) !== index))
}

/** `PATCH /composite/sobjects/{Object}/{ExternalIdField}`. */
export function upsertCollection(call: Call): Answer {
  const table = visibleTable(call, call.params['object'] ?? '')
  const keyField = upsertKey(call, table, call.params['field'] ?? '')
  const { records, allOrNone, text } = readRequest(call)
  const repeated = repeatedKeys(records, keyField.name)
  const writer = writerFor(call, table, records.length)
  const read = records.map(record => readRecord(call, table, record, text))
  const outcomes = records.map((record, index): WriteOutcome => {
    const key = keyOf(record, keyField.name)
    const values = read[index]
    if (repeated.has(key.trim().toLowerCase())) {
      return recordError('DUPLICATE_VALUE', `Duplicate external id specified: ${key.trim().toLowerCase()}`, [])
    }
    if (values === undefined || 'statusCode' in values) return values ?? rolledBack
    return writer.upsert(writer.plan(values.fields), values.cells, keyField, key)
  })
  return answerFor(settleTogether(outcomes, allOrNone), true)
}

/** `DELETE /composite/sobjects?ids=…`. */
export function deleteCollection(call: Call): Answer {
  const ids = idsInQuery(call)
  limitRecords(ids.length)
  const outcomes = ids.map((id): WriteOutcome => {
    const table = call.state.org.tableOfId(id)
    if (table === undefined) return recordError('MALFORMED_ID', `malformed id ${id}`, [])
    const place = findById(table, id)
    return typeof place === 'number' ? writerFor(call, table, ids.length).delete(place) : place
  })
  return answerFor(settleTogether(outcomes, call.query.get('allOrNone') === 'true'), false)
}
