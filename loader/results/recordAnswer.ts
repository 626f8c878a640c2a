import type { Operation } from '../../packages/client/contract/operations.ts'
import type { RecordResult } from '../../packages/client/contract/runReport.ts'
import type { IngestResultsKind, SaveResult } from '../salesforce/salesforceConnection.ts'
import type { SuccessOutcome } from './successes.ts'

/** The outcome of a record, without row, time and identity fields. */
export type RecordAnswer = Pick<RecordResult, 'outcome' | 'id' | 'errorCode' | 'errorMessage'>

/** Salesforce's answer for one record of a collection request. Only an upsert states whether it created. */
export function answerFromSaveResult(result: SaveResult, operation: Operation): RecordAnswer {
  if (!result.success) {
    return failedAnswer(joinErrors(result.errors.map(({ statusCode, message }) => ({ code: statusCode, message }))))
  }
  return succeededAnswer(result.id ?? '', outcomeOf(operation, result.created === true))
}

/** What a record that Salesforce wrote has become. @param created as Salesforce states it for an upsert */
export function outcomeOf(operation: Operation, created: boolean): SuccessOutcome {
  switch (operation) {
    case 'create':
      return 'created'
    case 'update':
      return 'updated'
    case 'upsert':
      return created ? 'created' : 'updated'
    case 'delete':
      return 'deleted'
  }
}

export function succeededAnswer(id: string, outcome: SuccessOutcome): RecordAnswer {
  return { outcome, id, errorCode: '', errorMessage: '' }
}

/** Characters of a code and of a message that are kept. An org, or a proxy before it, may send any number of them for each record. */
const LONGEST_CODE = 100
const LONGEST_MESSAGE = 10_000

const cut = (text: string, longest: number): string => (text.length > longest ? `${text.slice(0, longest)}…` : text)

export function failedAnswer({ code, message }: SalesforceReason): RecordAnswer {
  return {
    outcome: 'failed',
    id: '',
    errorCode: cut(code, LONGEST_CODE),
    errorMessage: cut(message, LONGEST_MESSAGE),
  }
}

/** The answer for a record that was sent and whose outcome is unknown. */
export function inDoubtAnswer(message: string): RecordAnswer {
  return { outcome: 'in_doubt', id: '', errorCode: 'IN_DOUBT', errorMessage: message }
}

/** Row errors that applied nothing and may be transient: the record is sent again unchanged. */
const PASSING_ERROR_CODES: ReadonlySet<string> = new Set([
  // Another transaction holds the record or its parent.
  'UNABLE_TO_LOCK_ROW',
  'TOO_MANY_APEX_REQUESTS',
  'SERVER_UNAVAILABLE',
  // Bulk API abandoned the batch because of locks.
  'TooManyLockFailure',
])

// A trigger or flow that runs into a lock fails with its own code and quotes the lock's.
const LOCK_WORDS = ['UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access']
const CONCURRENT = 'Concurrent'

/** Whether sending the record again, later, may succeed. */
export function isTransientError(errorCode: string, errorMessage: string): boolean {
  if (PASSING_ERROR_CODES.has(errorCode)) return true
  if (errorCode === 'REQUEST_LIMIT_EXCEEDED') return errorMessage.includes(CONCURRENT)
  return LOCK_WORDS.some(words => errorMessage.includes(words))
}

/** Columns of a result file of an ingest job, which are found by name. An unprocessed row was neither processed nor written. */
export type IngestColumns =
  | { readonly kind: 'successful'; readonly id: number; readonly created: number }
  | { readonly kind: 'failed'; readonly error: number }
  | { readonly kind: 'unprocessed' }

/** Throws a RangeError when the header lacks a column that every file of its kind has. */
export function ingestColumns(kind: IngestResultsKind, header: readonly string[]): IngestColumns {
  switch (kind) {
    case 'successful':
      return { kind, id: position(header, 'sf__Id', kind), created: position(header, 'sf__Created', kind) }
    case 'failed':
      return { kind, error: position(header, 'sf__Error', kind) }
    case 'unprocessed':
      return { kind }
  }
}

function position(header: readonly string[], name: string, kind: IngestResultsKind): number {
  const index = header.findIndex(column => column.toLowerCase() === name.toLowerCase())
  if (index !== -1) return index
  throw new RangeError(
    `The ${kind} results of an ingest job have no column ${name}; their columns: ${header.join(', ')}`,
  )
}

/** One reason why Salesforce rejected a record: its status code and its message. */
type SalesforceReason = { readonly code: string; readonly message: string }

const CODE = /^([A-Za-z][A-Za-z0-9_]*):([\s\S]*)$/
// Several errors of one record follow one another, each with its own end mark.
const NEXT_ERROR = /--\s*(?=[A-Z][A-Z0-9]*_[A-Z0-9_]+:)/
const END = '--'
const FIELDS = /^[\w., ]*$/

/** The code when Salesforce gave none. */
const NO_CODE = 'UNKNOWN'

/**
 * Reads `sf__Error` of an ingest job, `CODE:message:field1,field2 --`, into the same code and message that a collection
 * request gives for the same failure. Messages may hold colons and dashes.
 */
export function parseSfError(text: string): SalesforceReason {
  const parts = cut(text, LONGEST_MESSAGE).split(NEXT_ERROR)
  return joinErrors(parts.map((part, index) => parseOne(index < parts.length - 1 ? `${part}${END}` : part)))
}

/** The first code, and all messages in one line. */
function joinErrors(reasons: readonly SalesforceReason[]): SalesforceReason {
  const [first] = reasons
  if (!first) return { code: NO_CODE, message: 'Salesforce rejected the record and gave no reason' }
  return { code: first.code, message: reasons.map(({ message }) => message).join('; ') }
}

function parseOne(text: string): SalesforceReason {
  const match = CODE.exec(text.trim())
  if (!match) return { code: NO_CODE, message: text.trim() || 'Salesforce rejected the record and gave no reason' }
  const [, code = NO_CODE, rest = ''] = match
  return { code, message: withoutFields(rest) }
}

function withoutFields(rest: string): string {
  const text = rest.trimEnd()
  // The fields follow the last colon.
  const colon = text.lastIndexOf(':')
  if (colon === -1 || !text.endsWith(END) || !FIELDS.test(text.slice(colon + 1, -END.length))) return rest
  return text.slice(0, colon)
}
