import { ApplicationFailure, CancelledFailure, CompleteAsyncError } from '@temporalio/activity'
import { ApplicationFailureCategory } from '@temporalio/common'
import { cutToBytes, failureMessage, failureType } from '../packages/client/contract/boundedText.ts'
import { type ErrorKind, LinkError } from '../packages/client/contract/linkError.ts'

/** What the failure of a step carries as its first detail. */
type FailureDetail = { readonly kind: ErrorKind }

const RETRIED: Readonly<Record<ErrorKind, boolean>> = {
  usage: false,
  rejected: false,
  fatal: false,
  transient: true,
  limit: true,
  waiting: true,
}

/** Milliseconds until a step that reached a limit of the org is retried: the limit clears within its rolling 24 hours. */
const LIMIT_RETRY_DELAY = 600_000

/** Attempts of a step that fails with an unknown error, most likely a bug. */
const UNKNOWN_ERROR_ATTEMPTS = 5

/** Bytes of the message of an unknown error, which leave room for the words that follow it. */
const LONGEST_UNKNOWN = 3_000

const BUG = "a bug in Salesforce Link: see the worker's log and report it"

/**
 * Turns an error into the failure that Temporal stores: type, message, kind, and whether the step is retried. The stack trace
 * stays out of the history.
 * @param attempt 1-based attempt of the activity that failed
 */
export function asApplicationFailure(error: unknown, attempt: number): unknown {
  if (passesUnchanged(error)) return error
  return error instanceof LinkError ? knownFailure(error) : unknownFailure(error, attempt)
}

function knownFailure({ name, message, kind, retryAfter }: LinkError): ApplicationFailure {
  const delay = retryAfter ?? (kind === 'limit' ? LIMIT_RETRY_DELAY : undefined)
  return ApplicationFailure.create({
    type: name,
    message: failureMessage(message),
    details: [{ kind } satisfies FailureDetail],
    nonRetryable: !RETRIED[kind],
    ...(RETRIED[kind] && delay !== undefined ? { nextRetryDelay: delay } : {}),
    ...(kind === 'waiting' ? { category: ApplicationFailureCategory.BENIGN } : {}),
  })
}

function unknownFailure(error: unknown, attempt: number): ApplicationFailure {
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  return ApplicationFailure.create({
    type: failureType(name),
    message: failureMessage(`${cutToBytes(message, LONGEST_UNKNOWN)} (${failureType(name)}, ${BUG})`),
    details: [{ kind: 'fatal' } satisfies FailureDetail],
    nonRetryable: attempt >= UNKNOWN_ERROR_ATTEMPTS,
  })
}

function passesUnchanged(error: unknown): boolean {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return true
  return error instanceof CompleteAsyncError || (error instanceof Error && error.name === 'AbortError')
}
