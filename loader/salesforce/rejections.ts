import { isObject } from '../../packages/client/contract/issues.ts'
import type { LinkError } from '../../packages/client/contract/linkError.ts'
import { type Secret, withoutSecrets } from '../http/secret.ts'
import { readJson } from './answerForm.ts'
import {
  AnswerCutError,
  LimitReachedError,
  OutcomeUnknownError,
  type RejectionFacts,
  type RequestFacts,
  RequestRejectedError,
  TemporarilyRejectedError,
} from './errors.ts'
import { endedTransaction } from './governorLimit.ts'
import { locationHost } from './orgAddress.ts'

type Consequence = 'temporarilyRejected' | 'limitReached'

type Rule = {
  readonly code: string
  readonly message?: RegExp
  readonly consequence: Consequence
  readonly advice?: string
}

/**
 * Rejections with a special consequence: the first matching row applies. Bulk API writes its codes without underscores.
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
 */
const RULES: readonly Rule[] = [
  { code: 'UNABLETOLOCKROW', consequence: 'temporarilyRejected' },
  { code: 'TOOMANYLOCKFAILURE', consequence: 'temporarilyRejected' },
  { code: 'REQUESTLIMITEXCEEDED', message: /Concurrent/, consequence: 'temporarilyRejected' },
  { code: 'TOOMANYAPEXREQUESTS', consequence: 'temporarilyRejected' },
  { code: 'SERVERUNAVAILABLE', consequence: 'temporarilyRejected' },
  {
    code: 'REQUESTLIMITEXCEEDED',
    consequence: 'limitReached',
    advice: "The org's API calls of the last 24 hours are used up: wait, or buy more",
  },
  { code: 'LIMITEXCEEDED', consequence: 'limitReached', advice: 'A limit of the org is used up: see GET /limits' },
  {
    code: 'EXCEEDEDQUOTA',
    consequence: 'limitReached',
    advice: 'The bulk batches of the last 24 hours are used up: wait',
  },
  { code: 'STORAGELIMITEXCEEDED', consequence: 'limitReached', advice: 'The org is full: free storage, or buy more' },
  { code: 'APICURRENTLYDISABLED', consequence: 'limitReached', advice: 'Wait until the org enables its API again' },
  {
    code: 'INSERTUPDATEDELETENOTALLOWEDDURINGMAINTENANCE',
    consequence: 'limitReached',
    advice: 'The org is read-only during maintenance: wait until it is over',
  },
]

const ERRORS: Readonly<Record<Consequence, new (facts: RejectionFacts) => LinkError>> = {
  temporarilyRejected: TemporarilyRejectedError,
  limitReached: LimitReachedError,
}

/** What to do about rejections by status, when Salesforce's message does not say it. */
const STATUS_ADVICE: Readonly<Record<number, string>> = {
  404: 'It does not exist, or this user may not see it: check its name',
  410: "The API version is retired: set apiVersion to 'latest'",
}

export type Rejected = {
  readonly statusCode: number
  readonly text: string
  readonly contentType: string
  readonly location?: string
}

type OrgError = { readonly errorCode: string; readonly detail: string; readonly fields: readonly string[] }

/** Salesforce repeats a rejected query in full, with record values, and appends the error. Messages are one line. */
const QUERY_ECHO = /^[\s\S]*ERROR at Row:\d+:Column:\d+\n/

const oneLine = (message: string): string => message.replace(QUERY_ECHO, '').replace(/\s+/g, ' ').trim()

/** Characters of one message of Salesforce, and of one code; its own are far shorter. */
const MAX_WORDS = 10_000
const MAX_CODE = 255

/** Salesforce's message, cut: what is stored, compared or shown of it has a limit. */
export const orgWords = (message: string): string =>
  message.length > MAX_WORDS ? `${message.slice(0, MAX_WORDS).toWellFormed()}…` : message

/** Salesforce's error code, cut. */
export const orgCode = (code: unknown): string => String(code).slice(0, MAX_CODE)

/** Salesforce's own words; undefined when the answer is not its error array. */
function orgErrorOf(body: unknown): OrgError | undefined {
  if (!Array.isArray(body) || body.length === 0 || !body.every(isObject)) return undefined
  const [first] = body
  if (typeof first?.['errorCode'] !== 'string') return undefined
  const fields = Array.isArray(first['fields']) ? first['fields'].filter(field => typeof field === 'string') : []
  return {
    errorCode: orgCode(first['errorCode']),
    detail: body.map(error => oneLine(String(error['message'] ?? ''))).join('; '),
    fields,
  }
}

/** Whether Salesforce itself has answered, and not an edge or a proxy. */
export const isOfOrg = (rejected: Rejected): boolean => orgErrorOf(readJson(rejected).body) !== undefined

const isRead = (facts: RequestFacts): boolean => facts.method === 'GET'

/** A lost or unreadable answer: a read can be repeated, the outcome of a write is unknown. */
export function answerLost(
  facts: RequestFacts,
  loss: { readonly reason: string; readonly statusCode?: number },
  cause?: unknown,
): AnswerCutError | OutcomeUnknownError {
  const Lost = isRead(facts) ? AnswerCutError : OutcomeUnknownError
  return new Lost({ ...facts, ...loss }, cause)
}

/** Statuses by which an edge rejects the size of a request: the same request is rejected again. */
const TOO_LARGE_STATUSES: readonly number[] = [413, 414, 431]

const EDGE_ADVICE = 'It is retried; if it persists, check loginUrl, instanceUrl, and any proxy between here and the org'

/** What to do about an answer of an edge or a proxy, by its status. */
const EDGE_STATUS_ADVICE: ReadonlyMap<number, string> = new Map([
  [413, 'The request is too large for a proxy between here and the org: load fewer records at a time'],
  [414, 'The query is too long for a URL: query fewer values at a time'],
  [420, 'It is retried; if it persists, check that the org still exists, and instanceUrl'],
  [431, 'The query is too long for a URL: query fewer values at a time'],
])

/**
 * An answer that is not Salesforce's JSON: a page of an edge, a proxy or a maintenance window says nothing about the request, whatever its
 * status. A read is repeated; the outcome of a write is unknown. A redirect is not followed: that would turn a write into a read, and send the token to
 * another host.
 */
function fromEdge(facts: RequestFacts, { statusCode, contentType, text, location }: Rejected): LinkError {
  const place = location === undefined ? '' : ` and a redirect to ${locationHost(location)}`
  const instead = readJson({ contentType, text }).instead ?? 'JSON of another form'
  const detail = `answered with ${instead} instead of Salesforce's JSON${place}`
  const advice = EDGE_STATUS_ADVICE.get(statusCode) ?? EDGE_ADVICE
  const answer = { ...facts, statusCode, errorCode: `HTTP_${statusCode}`, fields: [], detail, advice }
  if (TOO_LARGE_STATUSES.includes(statusCode)) return new RequestRejectedError(answer)
  if (isRead(facts)) return new TemporarilyRejectedError(answer)
  return answerLost(facts, { statusCode, reason: `${statusCode}, ${detail}` })
}

/** An answer of status 300 and above as the error of its consequence. */
export function rejectionOf(facts: RequestFacts, rejected: Rejected, secrets: readonly Secret[]): LinkError {
  const { statusCode } = rejected
  const { body } = readJson(rejected)
  if (statusCode === 300 && Array.isArray(body)) {
    const detail = `the key matches ${body.length} records`
    return new RequestRejectedError({ ...facts, statusCode, errorCode: 'MULTIPLE_CHOICES', detail, fields: [] })
  }
  if (statusCode < 400) return fromEdge(facts, rejected)
  const orgError = orgErrorOf(body)
  if (orgError === undefined) return fromEdge(facts, rejected)
  const detail = orgWords(withoutSecrets(orgError.detail, secrets))
  const code = orgError.errorCode.replaceAll('_', '').toUpperCase()
  const rule = RULES.find(row => row.code === code && (row.message === undefined || row.message.test(detail)))
  const advice = rule?.advice ?? STATUS_ADVICE[statusCode]
  const rejection = { ...facts, ...orgError, detail, statusCode, ...(advice !== undefined && { advice }) }
  // Whatever its status, nothing of the transaction was applied, and it is rejected again.
  if (endedTransaction(detail)) return new RequestRejectedError(rejection)
  if (rule) return new ERRORS[rule.consequence](rejection)
  // 503 is documented as maintenance or overload: Salesforce reports it before it does anything.
  if (statusCode === 503 || (isRead(facts) && statusCode >= 500)) return new TemporarilyRejectedError(rejection)
  // A session that is not accepted may be a moment later; the list of versions needs none.
  if (statusCode === 401 && isRead(facts)) return new TemporarilyRejectedError(rejection)
  if (statusCode < 500) return new RequestRejectedError(rejection)
  return answerLost(facts, { statusCode, reason: `${statusCode} ${orgError.errorCode}: ${detail}` })
}
