import { createHash } from 'node:crypto'
import { type ApiError, apiError } from '../apiError.ts'
import type { Call } from '../http/call.ts'
import { recordView } from '../records/recordView.ts'
import type { Table } from '../records/table.ts'

// https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api/intro_rest_conditional_requests.htm

const SECOND_MS = 1000
const ENTITY_TAGS = /^\s*(?:\*|"[^"]*"(?:\s*,\s*"[^"]*")*)\s*$/

type DateHeader = 'if-modified-since' | 'if-unmodified-since'
type TagHeader = 'if-match' | 'if-none-match'

// The words for both are not recorded.
function failed(): ApiError {
  return apiError(412, 'PRECONDITION_FAILED', 'The precondition of the request failed')
}

function invalid(name: string): ApiError {
  return apiError(400, 'INVALID_HEADER', `Invalid value of the header ${name}`)
}

function isPatch({ method }: Call): boolean {
  return method === 'PATCH'
}

function time(call: Call, name: DateHeader): number | undefined {
  const text = call.headers[name]
  const since = text === undefined ? undefined : Date.parse(text)
  if (Number.isNaN(since) && name === 'if-unmodified-since' && isPatch(call)) throw invalid(name)
  return since
}

function modifiedAt(table: Table, place: number): number {
  return Math.floor(table.audit.modifier(place).now / SECOND_MS) * SECOND_MS
}

/** The hash of a record's content. Only accounts have one. */
function hashOf(call: Call, table: Table, place: number): string | undefined {
  if (table.schema.name !== 'Account') return undefined
  const view = recordView(table, place, call.state.org.userId)
  const content = table.schema.fields.map(({ name }) => view.get(name))
  return createHash('sha256').update(JSON.stringify(content)).digest('base64')
}

/** Whether a list of entity tags names the record; undefined without such a header. A tag may end in `-gzip`, as a compressed answer's does. */
function isNamed(call: Call, name: TagHeader, hash: string | undefined): boolean | undefined {
  const text = call.headers[name]
  if (text === undefined || hash === undefined) return undefined
  if (!ENTITY_TAGS.test(text) && isPatch(call)) throw invalid(name)
  return (
    text.trim() === '*' || [...text.matchAll(/"([^"]*)"/g)].some(([, tag = '']) => tag.replace(/-+gzip$/, '') === hash)
  )
}

/** Throws 412 when a condition of the request does not apply to the record, and 400 when the header of a PATCH is not valid. */
export function requireConditions(call: Call, table: Table, place: number): void {
  const since = time(call, 'if-unmodified-since')
  if (since !== undefined && modifiedAt(table, place) > since) throw failed()
  const hash = hashOf(call, table, place)
  if (isNamed(call, 'if-match', hash) === false) throw failed()
  if (isPatch(call) && isNamed(call, 'if-none-match', hash) === true) throw failed()
}

/** Whether the caller of a read has the current record already. */
export function hasCurrent(call: Call, table: Table, place: number): boolean {
  const since = time(call, 'if-modified-since')
  if (since !== undefined && modifiedAt(table, place) <= since) return true
  return isNamed(call, 'if-none-match', hashOf(call, table, place)) === true
}

/** The header with the record's entity tag, for accounts. */
export function entityTag(call: Call, table: Table, place: number): Readonly<Record<string, string>> {
  const hash = hashOf(call, table, place)
  return hash === undefined ? {} : { etag: `"${hash}"` }
}
