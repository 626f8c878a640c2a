import { apiError } from '../apiError.ts'
import { type Answer, json, noContent } from '../http/answer.ts'
import { type Call, jsonBody, notFound, visibleTable } from '../http/call.ts'
import type { Table } from '../records/table.ts'
import type { FieldSchema } from '../schema/types.ts'
import { asApiError } from '../values/recordError.ts'
import { toStoredText } from '../values/storedText.ts'
import { findById, findByKey } from '../writes/findRecord.ts'
import { isRejected, type WriteOutcome, type Written } from '../writes/recordWriter.ts'
import { duplicatesDetected } from './duplicateAnswer.ts'
import { readFile, withFiles } from './fileParts.ts'
import { type JsonRecord, keyOf, readJsonRecord } from './jsonRecord.ts'
import { entityTag, hasCurrent, requireConditions } from './preconditions.ts'
import { recordUrl, shownRecord } from './shownRecord.ts'
import { writerFor } from './writerFor.ts'

function table(call: Call): Table {
  return visibleTable(call, call.params['object'] ?? '')
}

function written(call: Call, to: Table, outcome: WriteOutcome): Written {
  if (!isRejected(outcome)) return outcome
  const { duplicates, message } = outcome
  throw duplicates === undefined ? asApiError(outcome) : duplicatesDetected(call, to, duplicates, message)
}

// Recorded: the key of the record is given in the path, and rejected in the body.
function rejectKeyInBody(record: Readonly<Record<string, unknown>>, name: string) {
  if (keyOf(record, name) === '') return
  throw apiError(400, 'INVALID_FIELD', `The ${name} field should not be specified in the sobject data.`)
}

function readRecord(call: Call, to: Table, keyName: string): JsonRecord {
  const { value, text } = jsonBody(call.body)
  rejectKeyInBody(value, keyName)
  const target = { org: call.state.org, table: to, access: call.caller.access, body: text }
  const record = readJsonRecord(target, value, ['id'])
  const withContent = 'statusCode' in record ? record : withFiles(call, to, record)
  if ('statusCode' in withContent) throw asApiError(withContent)
  return withContent
}

/** `POST /sobjects/X` and `POST /sobjects/X/Id`. */
export function createRecord(call: Call): Answer {
  const to = table(call)
  const writer = writerFor(call, to)
  const { fields, cells } = readRecord(call, to, 'Id')
  const { id } = written(call, to, writer.create(writer.plan(fields), cells))
  return json(201, { id, success: true, errors: [] }, { location: recordUrl(call, to, id) })
}

// Anything that does not look like an id is taken for the name of a key field: https://github.com/restforce/restforce/issues/376
function idInPath(call: Call): string {
  const id = call.params['id'] ?? ''
  if (/^[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?$/.test(id)) return id
  throw noSuchKey(id)
}

function noSuchKey(name: string) {
  return notFound(`Provided external ID field does not exist or is not accessible: ${name}`)
}

function placeInPath(call: Call, of: Table): number {
  const place = findById(of, idInPath(call))
  if (typeof place !== 'number') throw asApiError(place)
  return place
}

/** `PATCH /sobjects/X/{id}`. */
export function updateRecord(call: Call): Answer {
  const of = table(call)
  const place = placeInPath(call, of)
  requireConditions(call, of, place)
  const writer = writerFor(call, of)
  const { fields, cells } = readRecord(call, of, 'Id')
  written(call, of, writer.update(writer.plan(fields), cells, place))
  return { ...noContent, headers: entityTag(call, of, place) }
}

/** `DELETE /sobjects/X/{id}`. */
export function deleteRecord(call: Call): Answer {
  const of = table(call)
  written(call, of, writerFor(call, of).delete(placeInPath(call, of)))
  return noContent
}

function askedFields(call: Call) {
  return call.query.get('fields')?.split(',')
}

/** `GET /sobjects/X/{id}`. */
export function readRecordById(call: Call): Answer {
  const of = table(call)
  const place = findById(of, idInPath(call))
  if (typeof place !== 'number') throw notFound()
  return readAnswer(call, of, place)
}

function readAnswer(call: Call, of: Table, place: number): Answer {
  requireConditions(call, of, place)
  const headers = entityTag(call, of, place)
  if (hasCurrent(call, of, place)) return { status: 304, headers }
  return json(200, shownRecord(call, of, place, askedFields(call)), headers)
}

/** The key field of an upsert, named by a path or a job. Throws NOT_FOUND when it is not a key, or hidden from the caller. */
export function upsertKey(call: Call, of: Table, name: string): FieldSchema {
  const field = of.schema.fieldsByName.get(name.toLowerCase())
  const isKey = field !== undefined && (field.externalId || field.idLookup)
  if (isKey && call.caller.access.fieldVisible(of.schema.name, field.name)) return field
  throw noSuchKey(name)
}

function placesInPath(call: Call, of: Table, key: FieldSchema): readonly number[] {
  const places = findByKey(of, key, call.params['value'] ?? '')
  if ('statusCode' in places) throw asApiError(places)
  return places
}

function severalMatches(call: Call, of: Table, places: readonly number[]): Answer {
  return json(
    300,
    places.map(place => recordUrl(call, of, of.idOf(place))),
  )
}

/** `GET /sobjects/X/{field}/{value}`, or `GET /sobjects/X/{id}/{field}` of a file. */
export function readRecordByKey(call: Call): Answer {
  const file = readFile(call)
  if (file !== undefined) return file
  const of = table(call)
  const places = placesInPath(call, of, upsertKey(call, of, call.params['field'] ?? ''))
  const [place] = places
  if (place === undefined) throw notFound()
  return places.length > 1 ? severalMatches(call, of, places) : readAnswer(call, of, place)
}

/** `PATCH /sobjects/X/{field}/{value}`: 201 when created, 200 when updated, 300 when several records have the key. */
export function upsertRecord(call: Call): Answer {
  const of = table(call)
  const key = upsertKey(call, of, call.params['field'] ?? '')
  const places = placesInPath(call, of, key)
  const [place] = places
  if (places.length > 1) return severalMatches(call, of, places)
  if (place !== undefined) requireConditions(call, of, place)
  const writer = writerFor(call, of)
  const { fields, cells } = readRecord(call, of, key.name)
  if (place !== undefined) {
    const { id } = written(call, of, writer.update(writer.plan(fields), cells, place))
    return json(200, { id, success: true, errors: [], created: false })
  }
  if (call.query.get('updateOnly') === 'true') throw notFound()
  const keyText = toStoredText(key)(call.params['value'] ?? '')
  const withKey = key.createable && typeof keyText === 'string'
  const plan = writer.plan(withKey ? [...fields, key] : fields)
  const { id } = written(call, of, writer.create(plan, withKey ? [...cells, keyText] : cells))
  return json(201, { id, success: true, errors: [], created: true }, { location: recordUrl(call, of, id) })
}
