import { ActivityFailure, ApplicationFailure, isCancellation, TimeoutFailure } from '@temporalio/workflow'
import { asCancellation } from './cancellation.ts'

/**
 * Runs a step and lets its failure speak for itself: the reason becomes the failure's first line, in place of Temporal's
 * "Activity task failed". Cancellations pass.
 * Throws ApplicationFailure with the type of the step's own failure.
 */
export async function readably<T>(step: () => Promise<T>): Promise<T> {
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
    nonRetryable: true,
    cause: error,
  })
}

/** Workers that are stopped hand their steps on; one that times out to the end of its attempts has met something worse. */
function timedOut(error: ActivityFailure, { timeoutType }: TimeoutFailure): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'StepTimedOutError',
    message: `The step ${error.activityType} ran out of time (${timeoutType}): its workers died, hung, or lost Temporal each time. Look into their logs, then start the run again under the same id`,
    nonRetryable: true,
    cause: error,
  })
}
