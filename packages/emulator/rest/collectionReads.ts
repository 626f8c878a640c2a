import { type Answer, json } from '../http/answer.ts'
import { type Call, jsonBody, visibleTable } from '../http/call.ts'
import { toId18 } from '../records/recordId.ts'
import { idsInQuery, limitRecords } from './collectionLimits.ts'
import { shownRecord } from './shownRecord.ts'

const MAX_IDS_READ = 2000

function shownRecords(call: Call, ids: readonly string[], fields: readonly string[]): Answer {
  const table = visibleTable(call, call.params['object'] ?? '')
  limitRecords(ids.length, MAX_IDS_READ)
  return json(
    200,
    ids.map(id => {
      const place = table.placeOf(toId18(id) ?? '')
      return place === undefined || !table.isLive(place) ? null : shownRecord(call, table, place, fields)
    }),
  )
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}

/** `GET /composite/sobjects/{Object}?ids=…&fields=…`: a record that does not exist is null in its place. */
export function readCollection(call: Call): Answer {
  return shownRecords(call, idsInQuery(call), (call.query.get('fields') ?? 'Id').split(','))
}

/** `POST /composite/sobjects/{Object}`: the same with ids and fields in the body. */
export function readCollectionByBody(call: Call): Answer {
  const { value } = jsonBody(call.body)
  return shownRecords(call, texts(value['ids']), texts(value['fields']))
}
