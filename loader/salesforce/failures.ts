import type { Deadline } from '../http/deadline.ts'
import { TransportFailure } from '../http/transportFailure.ts'
import { AnswerCutError, TemporarilyRejectedError, UnreachableError } from './errors.ts'
import type { OrgCall } from './orgCall.ts'
import { answerLost } from './rejections.ts'
import { isPassing, unreachable } from './unreachable.ts'

/** Translates a failure below HTTP into the error of its consequence; returns other errors, such as of the source of an upload, unchanged. */
export function explain(call: OrgCall, deadline: Deadline, error: unknown, url?: URL): unknown {
  if (!(error instanceof TransportFailure)) return error
  const nothingDone = !error.sent || call.method === 'GET'
  if (nothingDone && call.signal?.aborted) return call.signal.reason
  const failure = deadline.expired() ? outOfTime(deadline, error) : error
  if (!error.sent && url) return unreachable(call, url, failure)
  const reason = call.signal?.aborted ? 'aborted after it was sent' : failure.message
  return answerLost(call, { reason }, failure.cause)
}

const outOfTime = ({ milliseconds }: Deadline, { sent }: TransportFailure): TransportFailure =>
  new TransportFailure(`no whole answer within ${milliseconds / 1000} s`, { sent, code: 'DEADLINE' })

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
  return call.method === 'GET' && (error instanceof AnswerCutError || error instanceof TemporarilyRejectedError)
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
