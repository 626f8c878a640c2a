import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  isCancellation,
  TimeoutFailure,
} from '@temporalio/workflow'
import type { ErrorKind } from '../packages/client/contract/linkError.ts'

/** A failure of ours, with its kind as first detail. It ends a workflow or answers an update, and is never retried. */
export function failureOf(type: string, message: string, kind: ErrorKind, cause?: Error): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message,
    details: [{ kind }],
    nonRetryable: true,
    ...(cause === undefined ? {} : { cause }),
  })
}

/**
 * Turns the failure of a step into the cancellation of the run when the run is being cancelled. Temporal then reports the
 * step's latest error, even a passing one such as "the job has not ended yet". Every other error passes unchanged.
 */
export function asCancellation(error: unknown): unknown {
  if (!(error instanceof ActivityFailure) || error.retryState !== 'CANCEL_REQUESTED') return error
  return new CancelledFailure('The run was cancelled', [], error)
}

/**
 * Runs a step and replaces Temporal's "Activity task failed" with the step's own reason. Cancellations pass.
 * Throws ApplicationFailure with type and kind of the step's failure.
 */
export async function withReadableFailure<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    throw readableFailure(error)
  }
}

/** The failure to end a workflow with. */
export function readableFailure(failure: unknown): unknown {
  const error = asCancellation(failure)
  if (isCancellation(error) || !(error instanceof ActivityFailure)) return error
  const reason = error.cause
  if (reason instanceof TimeoutFailure) return timedOut(error, reason)
  if (!(reason instanceof ApplicationFailure)) return error
  return ApplicationFailure.create({
    message: reason.message,
    ...(reason.type ? { type: reason.type } : {}),
    ...(reason.details ? { details: reason.details } : {}),
    nonRetryable: true,
    cause: error,
  })
}

/** Stopped workers hand their steps over. A step that times out in every attempt met something worse. */
function timedOut(error: ActivityFailure, { timeoutType }: TimeoutFailure): ApplicationFailure {
  const message =
    `The step ${error.activityType} timed out (${timeoutType}): its workers died, hung, or lost Temporal each time. ` +
    'See their logs, then start the run again under the same id'
  return failureOf('StepTimedOutError', message, 'fatal', error)
}

/** Type and message of a failure, as logs, notifications and the run store contain them. */
export function failureFacts(error: unknown): { readonly type: string; readonly message: string } {
  if (!(error instanceof Error)) return { type: 'Error', message: String(error) }
  const type = 'type' in error && typeof error.type === 'string' ? error.type : error.name
  return { type, message: error.message }
}
