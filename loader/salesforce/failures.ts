import { setTimeout as pause } from 'node:timers/promises'
import type { Deadline } from '../http/deadline.ts'
import { TransportFailure } from '../http/networkErrors.ts'
import { AnswerCutError, TemporarilyRejectedError, UnreachableError } from './errors.ts'
import type { OrgCall } from './orgCall.ts'
import { answerLost } from './rejections.ts'
import { isPassing, unreachable } from './unreachable.ts'

/** A failure below HTTP as the error of its consequence; whatever else it is (the source of an upload), as it is. */
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

/** Reads may be repeated, and whatever never left. A write that was sent may not: it might be done twice. */
export function mayRepeat(call: OrgCall, error: unknown): boolean {
  // The data of an upload has gone to the first attempt.
  if (typeof call.body === 'object') return false
  // A login on the way has had its own repetitions.
  if (isOfAnother(call, error)) return false
  if (error instanceof UnreachableError) return isPassing(error)
  return call.method === 'GET' && (error instanceof AnswerCutError || error instanceof TemporarilyRejectedError)
}

/** The session is renewed by now, but a stream cannot be sent again. */
export function uploadAfterExpiry(call: OrgCall): TemporarilyRejectedError {
  return new TemporarilyRejectedError({
    ...call,
    statusCode: 401,
    errorCode: 'INVALID_SESSION_ID',
    detail: 'the session had expired, and the data is used up',
    fields: [],
    advice: 'The session is renewed: upload again',
  })
}

/** How often, and how long apart (milliseconds), a request is repeated that may be. Salesforce sends no Retry-After. */
const RETRIES = 3
const FIRST_PAUSE = 250
const PAUSE_FACTOR = 3

/** Half to whole of the pause, so that many callers do not come back together. */
const pauseBefore = (retry: number): number => FIRST_PAUSE * PAUSE_FACTOR ** retry * (0.5 + Math.random() / 2)

/** Repeats `attempt` while `mayRepeat` says so of its error; throws the last error. */
export async function withRetries<Result>(
  attempt: () => Promise<Result>,
  mayRepeat: (error: unknown) => boolean,
): Promise<Result> {
  for (let retry = 0; ; retry += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (retry === RETRIES || !mayRepeat(error)) throw error
      await pause(pauseBefore(retry))
    }
  }
}
