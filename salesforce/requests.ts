import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import pLimit from 'p-limit'
import { apiUsageOf, clockOffsetOf } from './answerHeaders.ts'
import { bindFlow } from './auth/flows.ts'
import { AnswerCutError, type RequestFacts, TemporarilyRefusedError, UnreachableError } from './errors.ts'
import { readStream, readText } from './http/body.ts'
import { type Deadline, startDeadline } from './http/deadline.ts'
import { type HttpAgents, type StreamedBody, sendHttp } from './http/send.ts'
import { TransportFailure } from './http/transportFailure.ts'
import { answerLost, type Refused, refusalOf } from './refusals.ts'
import { withRetries } from './retry.ts'
import type { ApiUsage } from './salesforceConnection.ts'
import type { Secret } from './secret.ts'
import type { SharedSession } from './session.ts'
import { sessionRefused, sessionRenewable } from './sessionRefused.ts'
import {
  type ConnectionSettings,
  DEFAULT_MAX_CONCURRENT_REQUESTS,
  DEFAULT_REQUEST_TIMEOUT,
  DEFAULT_STALL_TIMEOUT,
} from './settings.ts'
import { isPassing, unreachable } from './unreachable.ts'

/** One request to the org. `path` from the root and without query string, which goes into `search` (`?q=…`). */
export type OrgCall = RequestFacts & {
  readonly search?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | StreamedBody
  readonly signal?: AbortSignal
}

export type TextAnswer = {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/**
 * All traffic with the org: adds the token, renews the session once on a 401, repeats what may be repeated, bounds time and number, and turns
 * every answer that is not a success into the error of its consequence.
 */
export type OrgRequests = {
  text(call: OrgCall): Promise<TextAnswer>
  /** Without a token, of whatever host: an origin. */
  anonymousText(call: OrgCall, origin: string): Promise<TextAnswer>
  /** The answer's body as it comes; fails with AnswerCutError when it is cut or stalls. */
  stream(call: OrgCall): Promise<{ readonly headers: TextAnswer['headers']; readonly body: Readable }>
  apiUsage(): ApiUsage | undefined
  clockOffset(): number
}

type Place = { readonly instanceUrl: string; readonly accessToken?: Secret }

export function createOrgRequests(
  settings: ConnectionSettings,
  session: SharedSession,
  agents: HttpAgents,
): OrgRequests {
  const { requestTimeout = DEFAULT_REQUEST_TIMEOUT, stallTimeout = DEFAULT_STALL_TIMEOUT } = settings
  const limit = pLimit(settings.maxConcurrentRequests ?? DEFAULT_MAX_CONCURRENT_REQUESTS)
  const { secrets } = bindFlow(settings.auth)
  let apiUsage: ApiUsage | undefined
  let clockOffset = 0

  const observe = (answer: IncomingMessage): IncomingMessage => {
    apiUsage = apiUsageOf(answer.headers) ?? apiUsage
    clockOffset = clockOffsetOf(answer.headers, Date.now()) ?? clockOffset
    return answer
  }
  const send = async (call: OrgCall, deadline: Deadline, place: Place) => {
    const url = new URL(call.path + (call.search ?? ''), place.instanceUrl)
    const headers = {
      accept: 'application/json',
      'accept-encoding': 'gzip',
      ...call.headers,
      ...(place.accessToken && { authorization: `Bearer ${place.accessToken.reveal()}` }),
    }
    const body = call.body === undefined ? {} : { body: call.body }
    try {
      return observe(await sendHttp(agents, { method: call.method, url, headers, ...body, signal: deadline.signal }))
    } catch (error) {
      throw explain(call, deadline, error, url)
    }
  }
  /** One request, and once more with a fresh session. A 401 comes before any work, so the second is safe for writes too. */
  const answered = async (call: OrgCall, deadline: Deadline): Promise<IncomingMessage> => {
    const opened = await session.current()
    const answer = await send(call, deadline, opened)
    if (answer.statusCode !== 401) return accepted(call, answer, opened)
    const refused = await refusedBy(answer)
    if (!sessionRenewable(refused)) throw sessionRefused(settings, opened, refused)
    const fresh = await session.renewed(opened)
    if (typeof call.body === 'object') throw uploadAfterExpiry(call)
    const again = await send(call, deadline, fresh)
    if (again.statusCode === 401) throw sessionRefused(settings, fresh, await refusedBy(again))
    return accepted(call, again, fresh)
  }
  const accepted = async (call: OrgCall, answer: IncomingMessage, { accessToken }: Place) => {
    const { statusCode = 0 } = answer
    if (statusCode >= 200 && statusCode < 300) return answer
    throw refusalOf(call, await refusedBy(answer), accessToken ? [accessToken, ...secrets] : secrets)
  }
  /** Runs `exchange` within the call's time and a slot of its own, as often as it may be repeated. */
  const run = async <Result>(call: OrgCall, exchange: (deadline: Deadline) => Promise<Result>) => {
    call.signal?.throwIfAborted()
    const deadline = startDeadline(requestTimeout, call.signal)
    const attempt = () => limit(exchange, deadline)
    try {
      return await withRetries(attempt, error => !deadline.signal.aborted && mayRepeat(call, error))
    } finally {
      deadline.clear()
    }
  }
  const wholeText = async (call: OrgCall, answer: IncomingMessage, deadline: Deadline): Promise<TextAnswer> => {
    try {
      return { statusCode: answer.statusCode ?? 0, headers: plainHeaders(answer), text: await readText(answer) }
    } catch (error) {
      throw explain(call, deadline, error)
    }
  }
  const cut = (call: OrgCall) => (failure: TransportFailure) => {
    return call.signal?.aborted
      ? asError(call.signal.reason)
      : new AnswerCutError({ ...call, reason: failure.message }, failure.cause)
  }
  return {
    text: call => run(call, async deadline => wholeText(call, await answered(call, deadline), deadline)),
    anonymousText: (call, origin) =>
      run(call, async deadline => {
        const place = { instanceUrl: origin }
        return wholeText(call, await accepted(call, await send(call, deadline, place), place), deadline)
      }),
    stream: call =>
      run(call, async deadline => {
        const answer = await answered(call, deadline)
        return { headers: plainHeaders(answer), body: readStream(answer, stallTimeout, cut(call)) }
      }),
    apiUsage: () => apiUsage,
    clockOffset: () => clockOffset,
  }
}

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)))

function plainHeaders(answer: IncomingMessage): Readonly<Record<string, string>> {
  const pairs = Object.entries(answer.headers).map(([name, value]) => [name, String(value)])
  return Object.fromEntries(pairs)
}

/** The status tells enough when the body of a refusal is itself cut. */
async function refusedBy(answer: IncomingMessage): Promise<Refused> {
  const text = await readText(answer).catch(() => '')
  const { location, 'content-type': contentType = '' } = answer.headers
  return { statusCode: answer.statusCode ?? 0, text, contentType, ...(location !== undefined && { location }) }
}

/** A failure below HTTP as the error of its consequence; whatever else it is (the source of an upload), as it is. */
function explain(call: OrgCall, deadline: Deadline, error: unknown, url?: URL): unknown {
  if (!(error instanceof TransportFailure)) return error
  const mayForget = !error.sent || call.method === 'GET'
  if (mayForget && call.signal?.aborted) return call.signal.reason
  if (!error.sent && url) return unreachable(call, url, error)
  const late = deadline.expired() ? `no whole answer within ${deadline.milliseconds / 1000} s` : error.message
  const reason = call.signal?.aborted ? 'given up while it was under way' : late
  return answerLost(call, { reason }, error.cause)
}

function mayRepeat(call: OrgCall, error: unknown): boolean {
  // The data of an upload has gone to the first attempt.
  if (typeof call.body === 'object') return false
  if (error instanceof UnreachableError) return isPassing(error)
  return call.method === 'GET' && (error instanceof AnswerCutError || error instanceof TemporarilyRefusedError)
}

function uploadAfterExpiry(call: OrgCall): TemporarilyRefusedError {
  return new TemporarilyRefusedError({
    ...call,
    statusCode: 401,
    errorCode: 'INVALID_SESSION_ID',
    detail: 'the session had expired, and the data is used up',
    fields: [],
    advice: 'The session is renewed: upload again',
  })
}
