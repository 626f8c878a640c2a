import { setTimeout as pause } from 'node:timers/promises'
import { present } from '../../packages/client/contract/scalars.ts'
import { type Deadline, outOfTime } from '../http/deadline.ts'
import { TransportFailure, tlsReason } from '../http/networkErrors.ts'
import { HELD_BACK } from '../http/send.ts'
import { AnswerCutError, type RequestFacts, TemporarilyRejectedError, UnreachableError } from './errors.ts'
import type { OrgCall } from './orgCall.ts'
import { answerLost } from './rejections.ts'

/** Translates a failure below HTTP into the error of its consequence; returns other errors, such as of the source of an upload, unchanged. */
export function explain(call: OrgCall, deadline: Deadline, error: unknown, url?: URL): unknown {
  if (!(error instanceof TransportFailure)) return error
  if (error.code === HELD_BACK) return error.cause
  const nothingDone = !error.sent || call.method === 'GET'
  if (nothingDone && call.signal?.aborted) return call.signal.reason
  const failure = deadline.expired() ? outOfTime(deadline.milliseconds, error.sent) : error
  if (!error.sent && url) return unreachable(call, url, failure)
  const reason = call.signal?.aborted ? 'aborted after it was sent' : failure.message
  return answerLost(call, { reason }, failure.cause)
}

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)))

/** A streamed answer that ended too soon. */
export const streamCut = (call: OrgCall, failure: TransportFailure): Error =>
  call.signal?.aborted
    ? asError(call.signal.reason)
    : new AnswerCutError({ ...call, reason: failure.message }, failure.cause)

const isOfAnother = ({ method, path }: OrgCall, error: unknown): boolean =>
  error instanceof Error && 'request' in error && error.request !== `${method} ${path}`

/** Reads and requests that were not sent may be repeated. A write that was sent may not: it might be applied twice. */
export function mayRepeat(call: OrgCall, error: unknown): boolean {
  // The first attempt has consumed the data of an upload.
  if (typeof call.body === 'object') return false
  // The login for this call has its own retries.
  if (isOfAnother(call, error)) return false
  if (error instanceof UnreachableError) return isPassing(error)
  if (call.method !== 'GET') return false
  // A session that is not accepted has been renewed already: each repetition would log in once more.
  return error instanceof AnswerCutError || (error instanceof TemporarilyRejectedError && error.statusCode !== 401)
}

/** The session is renewed, but a stream cannot be sent again. */
export function uploadAfterExpiry(call: OrgCall): TemporarilyRejectedError {
  return new TemporarilyRejectedError({
    ...call,
    statusCode: 401,
    errorCode: 'INVALID_SESSION_ID',
    detail: 'the session had expired, and the data was consumed',
    fields: [],
    advice: 'The session is renewed: upload again',
  })
}

/** Retries of a repeatable request, the milliseconds before the first, and their growth. Salesforce sends no Retry-After. */
const RETRIES = 3
const FIRST_PAUSE = 250
const PAUSE_FACTOR = 3

/** Half of the pause to all of it, so that many callers do not retry at the same moment. */
const pauseBefore = (retry: number): number => FIRST_PAUSE * PAUSE_FACTOR ** retry * (0.5 + Math.random() / 2)

/** Repeats `attempt` while `mayRepeat` allows it for the error; throws the last error, or the reason of the signal. */
export async function withRetries<Result>(
  attempt: () => Promise<Result>,
  mayRepeat: (error: unknown) => boolean,
  signal?: AbortSignal,
): Promise<Result> {
  for (let retry = 0; ; retry += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (retry === RETRIES || !mayRepeat(error)) throw error
      // An aborted pause ends with an error of its own; callers get the reason of their signal.
      await pause(pauseBefore(retry), undefined, present({ signal })).catch(() => undefined)
      signal?.throwIfAborted()
    }
  }
}

/** Failures before sending that a retry may fix. A wrong host name or certificate, or a silent host, does not change within seconds. */
const PASSING_CODES: readonly string[] = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'PROXY_502',
  'PROXY_503',
  'PROXY_504',
]

const ADVICE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ENOTFOUND: 'Check the host in loginUrl and instanceUrl',
    ECONNREFUSED: 'Check host and port, and that it runs',
  }),
)

const PROXY_ADVICE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    PROXY_407: "Check user and password in the connection's proxy, or in HTTPS_PROXY",
    PROXY_403:
      'Let an admin of the proxy allow CONNECT to this host, or go without it: proxy: none, or the host in NO_PROXY',
  }),
)

const GENERAL_PROXY_ADVICE =
  "Check the connection's proxy, or HTTPS_PROXY, and that the proxy runs; a host that needs none goes into NO_PROXY"

const GENERAL_ADVICE = 'Check loginUrl, the network, and any proxy or certificate between here and the org'

const TLS_ADVICE =
  'Check the address; for a certificate authority of your own, or a proxy that inspects TLS, start the workers with NODE_EXTRA_CA_CERTS set to the file of its certificate'

export const isPassing = (failure: { readonly code: string }): boolean => PASSING_CODES.includes(failure.code)

/** Describes a failure before anything was sent. */
export function unreachable(facts: RequestFacts, url: URL, failure: TransportFailure): UnreachableError {
  const advice = failure.proxy
    ? (PROXY_ADVICE.get(failure.code) ?? GENERAL_PROXY_ADVICE)
    : (ADVICE.get(failure.code) ?? (tlsReason(failure.code) === undefined ? GENERAL_ADVICE : TLS_ADVICE))
  return new UnreachableError(
    { ...facts, host: url.host, reason: failure.message, code: failure.code, advice },
    failure.cause,
  )
}
