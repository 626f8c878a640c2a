import { apiError } from '../apiError.ts'
import type { Call } from '../http/call.ts'
import type { Table } from '../records/table.ts'

const SECOND_MS = 1000

function time(call: Call, name: 'if-modified-since' | 'if-unmodified-since'): number | undefined {
  const text = call.headers[name]
  return text === undefined ? undefined : Date.parse(text)
}

function modifiedAt(table: Table, place: number): number {
  return Math.floor(table.audit.modifier(place).now / SECOND_MS) * SECOND_MS
}

/**
 * Throws 412 when a record was modified after `If-Unmodified-Since`, and 400 when that header of a PATCH is not a date.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api/intro_rest_conditional_requests.htm
 */
export function requireUnmodified(call: Call, table: Table, place: number): void {
  const since = time(call, 'if-unmodified-since')
  if (since === undefined) return
  if (Number.isNaN(since) && call.method === 'PATCH') {
    throw apiError(400, 'INVALID_HEADER', 'Invalid value of the header If-Unmodified-Since')
  }
  if (modifiedAt(table, place) > since)
    throw apiError(412, 'PRECONDITION_FAILED', 'The precondition of the request failed')
}

/** Whether the caller has the current record already: it was not modified after `If-Modified-Since`. */
export function isUnmodified(call: Call, table: Table, place: number): boolean {
  const since = time(call, 'if-modified-since')
  return since !== undefined && modifiedAt(table, place) <= since
}
