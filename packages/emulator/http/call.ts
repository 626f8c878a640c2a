import type { IncomingHttpHeaders } from 'node:http'
import { type ApiError, apiError } from '../apiError.ts'
import type { Caller } from '../callers.ts'
import type { EmulatorState } from '../emulatorState.ts'
import type { FiredFault } from '../faults/faultBook.ts'
import type { Table } from '../records/table.ts'
import { jsonProblem } from './jsonErrors.ts'
import type { RequestBody } from './requestBody.ts'

/** A request that reached a resource of the API. */
export type Call = {
  readonly state: EmulatorState
  readonly method: string
  /** The whole path, without the query. */
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: RequestBody
  /** `'67.0'`. */
  readonly apiVersion: string
  readonly caller: Caller
  /** `http://host:port` as the caller sees it. */
  readonly origin: string
  /** Faults on demand that apply to this request. */
  readonly faults: readonly FiredFault[]
}

/** Salesforce's answer for anything that does not exist: an object, a job, a version. */
export function notFound(message = 'The requested resource does not exist'): ApiError {
  return apiError(404, 'NOT_FOUND', message)
}

/** The table of an object that the caller may see. Throws NOT_FOUND when it does not exist or the caller has no access to it. */
export function visibleTable({ state, caller }: Pick<Call, 'state' | 'caller'>, objectName: string): Table {
  const table = state.org.table(objectName)
  if (table === undefined || !caller.access.object(table.schema.name).read) throw notFound()
  return table
}

/** The request's body as JSON. Throws JSON_PARSER_ERROR when it is not a JSON object. */
export function jsonBody(body: RequestBody): {
  readonly value: Readonly<Record<string, unknown>>
  readonly text: string
} {
  const text = body.text()
  const value = parsed(text)
  if (!isObject(value))
    throw apiError(400, 'JSON_PARSER_ERROR', 'Unexpected content in the request body at [line:1, column:1]')
  return { value, text }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw apiError(400, 'JSON_PARSER_ERROR', jsonProblem(text, cause instanceof Error ? cause.message : ''))
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
