import { apiError } from '../apiError.ts'
import { type Answer, json } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { runQuery } from '../soql/runQuery.ts'
import { columnMetadataBody } from './columnMetadata.ts'
import type { Cursor } from './queryCursors.ts'

const MAX_ROWS = 2000
const MIN_ROWS = 200

function pageSize(call: Call): number {
  const asked = /batchSize\s*=\s*(\d+)/i.exec(String(call.headers['sforce-query-options'] ?? ''))?.[1]
  return asked === undefined ? MAX_ROWS : Math.min(MAX_ROWS, Math.max(MIN_ROWS, Number(asked)))
}

function page(call: Call, cursor: Cursor, locator: string, from: number): Answer {
  const { answer, pageSize: size } = cursor
  const to = from + size
  const done = to >= answer.rowCount
  return json(200, {
    totalSize: answer.totalSize,
    done,
    ...(!done && { nextRecordsUrl: `/services/data/v${call.apiVersion}/query/${locator}-${to}` }),
    records: answer.page(from, size),
  })
}

/** `GET /query?q=…` and `GET /queryAll?q=…`, which includes deleted records; with `columns=true` the columns instead of the rows. */
export function query(call: Call): Answer {
  const soql = call.query.get('q')
  if (soql === null || soql === '') throw apiError(400, 'MALFORMED_QUERY', 'SOQL statement missing')
  const { state, caller, apiVersion } = call
  const reader = state.org.reader({ userPlace: caller.place, deleted: /queryall\/?$/i.test(call.path) })
  const answer = runQuery(soql, reader, caller.access, { apiVersion, now: state.clock() })
  if (call.query.get('columns') === 'true') {
    return json(200, columnMetadataBody(answer.object, answer.selected, answer.isGrouped))
  }
  const cursor = { answer, pageSize: pageSize(call) }
  const locator = answer.rowCount > cursor.pageSize ? state.cursors.open(cursor) : ''
  return page(call, cursor, locator, 0)
}

/** `GET /query/{locator}-{offset}`, the path in `nextRecordsUrl`. */
export function queryMore(call: Call): Answer {
  const [locator = '', offset = ''] = (call.params['locator'] ?? '').split('-')
  const cursor = call.state.cursors.find(locator)
  if (cursor === undefined || !/^\d+$/.test(offset) || Number(offset) >= cursor.answer.rowCount) {
    throw apiError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator')
  }
  return page(call, cursor, locator, Number(offset))
}
