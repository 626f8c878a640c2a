import { fault } from '../fault.ts'
import { type Answer, json } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { recordId } from '../records/recordId.ts'
import { runQuery } from '../soql/runQuery.ts'
import type { QueryRows } from '../soql/types.ts'

const MOST_ROWS = 2000
const FEWEST_ROWS = 200
const MOST_CURSORS = 100

type Cursor = { readonly answer: QueryRows; readonly pageSize: number }

/** The rows of queries that were not fetched to their end, by locator. The oldest goes when there are too many. */
export class QueryCursors {
  readonly #cursors = new Map<string, Cursor>()
  #opened = 0

  open(cursor: Cursor): string {
    const locator = recordId('01g', this.#opened)
    this.#opened += 1
    this.#cursors.set(locator, cursor)
    const [oldest] = this.#cursors.keys()
    if (this.#cursors.size > MOST_CURSORS && oldest !== undefined) this.#cursors.delete(oldest)
    return locator
  }

  find(locator: string): Cursor | undefined {
    return this.#cursors.get(locator)
  }
}

function pageSize(call: Call): number {
  const asked = /batchSize\s*=\s*(\d+)/i.exec(String(call.headers['sforce-query-options'] ?? ''))?.[1]
  return asked === undefined ? MOST_ROWS : Math.min(MOST_ROWS, Math.max(FEWEST_ROWS, Number(asked)))
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

/** `GET /query?q=…` and `GET /queryAll?q=…`, which gives deleted records too. */
export function query(call: Call): Answer {
  const soql = call.query.get('q')
  if (soql === null || soql === '') throw fault(400, 'MALFORMED_QUERY', 'SOQL statement missing')
  const { state, caller, apiVersion } = call
  const reader = state.org.reader({ deleted: /queryall\/?$/i.test(call.path) })
  const answer = runQuery(soql, reader, caller.access, { apiVersion, now: state.clock() })
  const cursor = { answer, pageSize: pageSize(call) }
  const locator = answer.rowCount > cursor.pageSize ? state.cursors.open(cursor) : ''
  return page(call, cursor, locator, 0)
}

/** `GET /query/{locator}-{offset}`, the path that `nextRecordsUrl` gives. */
export function queryMore(call: Call): Answer {
  const [locator = '', offset = ''] = (call.params['locator'] ?? '').split('-')
  const cursor = call.state.cursors.find(locator)
  if (cursor === undefined || !/^\d+$/.test(offset)) {
    throw fault(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator')
  }
  return page(call, cursor, locator, Number(offset))
}
