import { isObject } from '../../packages/client/contract/issues.ts'
import type { LinkError } from '../../packages/client/contract/linkError.ts'
import { parseJson } from '../http/body.ts'
import { type Secret, withoutSecrets } from '../http/secret.ts'
import {
  AnswerCutError,
  LimitReachedError,
  OutcomeUnknownError,
  type RejectionFacts,
  type RequestFacts,
  RequestRejectedError,
  TemporarilyRejectedError,
} from './errors.ts'

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
  404: 'It does not exist for this user at this API version: check its name, and apiVersion',
  410: "The API version is retired: set apiVersion to 'latest'",
  414: 'The query is too long for a URL: query fewer values at a time',
  420: 'The org cannot be found: check that it still exists, and instanceUrl',
  431: 'The query is too long for a URL: query fewer values at a time',
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

/** Salesforce's own words; undefined when the answer is not its error array. */
function orgErrorOf(body: unknown): OrgError | undefined {
  if (!Array.isArray(body) || body.length === 0 || !body.every(isObject)) return undefined
  const [first] = body
  if (typeof first?.['errorCode'] !== 'string') return undefined
  const fields = Array.isArray(first['fields']) ? first['fields'].filter(field => typeof field === 'string') : []
  return {
    errorCode: first['errorCode'],
    detail: body.map(error => oneLine(String(error['message'] ?? ''))).join('; '),
    fields,
  }
}

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

/** 408 and 499 come from edges that timed out or lost the client: the outcome of the request is unknown. */
const OUTCOME_UNKNOWN_STATUSES: readonly number[] = [408, 499]

function fromEdge(facts: RequestFacts, rejected: Rejected): LinkError {
  const { statusCode } = rejected
  const errorCode = `HTTP_${statusCode}`
  const kind = rejected.contentType === '' ? 'nothing' : rejected.contentType
  const answer = {
    ...facts,
    statusCode,
    errorCode,
    fields: [],
    detail: `answered with ${kind} instead of Salesforce's JSON`,
  }
  if (statusCode === 420 || statusCode === 429) {
    const advice = STATUS_ADVICE[statusCode]
    return new TemporarilyRejectedError({ ...answer, ...(advice !== undefined && { advice }) })
  }
  if (statusCode >= 400 && statusCode < 500 && !OUTCOME_UNKNOWN_STATUSES.includes(statusCode)) {
    const advice = STATUS_ADVICE[statusCode] ?? 'Check loginUrl and instanceUrl, and any proxy between here and the org'
    return new RequestRejectedError({ ...answer, advice })
  }
  if (isRead(facts) && statusCode >= 400) return new TemporarilyRejectedError({ ...answer, advice: 'Try again later' })
  return answerLost(facts, { statusCode, reason: `${statusCode}, ${answer.detail}` })
}

/** Following a redirect would turn a write into a read, and send the token to another host. */
function redirected(facts: RequestFacts, { statusCode, location = '' }: Rejected): LinkError {
  const host = URL.canParse(location) ? new URL(location).host : 'another path'
  if (!isRead(facts)) return answerLost(facts, { statusCode, reason: `${statusCode}, redirected to ${host}` })
  return new RequestRejectedError({
    ...facts,
    statusCode,
    errorCode: `HTTP_${statusCode}`,
    detail: `redirected to ${host}`,
    fields: [],
    advice: "Set loginUrl to the org's current My Domain",
  })
}

/** An answer of status 300 and above as the error of its consequence. */
export function rejectionOf(facts: RequestFacts, rejected: Rejected, secrets: readonly Secret[]): LinkError {
  const { statusCode } = rejected
  const body = parseJson(rejected.text)
  if (statusCode === 300 && Array.isArray(body)) {
    const detail = `the key matches ${body.length} records`
    return new RequestRejectedError({ ...facts, statusCode, errorCode: 'MULTIPLE_CHOICES', detail, fields: [] })
  }
  if (statusCode < 400) return redirected(facts, rejected)
  const orgError = orgErrorOf(body)
  if (orgError === undefined) return fromEdge(facts, rejected)
  const detail = withoutSecrets(orgError.detail, secrets)
  const code = orgError.errorCode.replaceAll('_', '').toUpperCase()
  const rule = RULES.find(row => row.code === code && (row.message === undefined || row.message.test(detail)))
  const advice = rule?.advice ?? STATUS_ADVICE[statusCode]
  const rejection = { ...facts, ...orgError, detail, statusCode, ...(advice !== undefined && { advice }) }
  if (rule) return new ERRORS[rule.consequence](rejection)
  // 503 is documented as maintenance or overload: Salesforce reports it before it does anything.
  if (statusCode === 503 || (isRead(facts) && statusCode >= 500)) return new TemporarilyRejectedError(rejection)
  if (statusCode < 500) return new RequestRejectedError(rejection)
  return answerLost(facts, { statusCode, reason: `${statusCode} ${orgError.errorCode}: ${detail}` })
}
