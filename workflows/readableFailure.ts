import { ActivityFailure, ApplicationFailure, isCancellation } from '@temporalio/workflow'

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
export function readableFailure(error: unknown): unknown {
  if (isCancellation(error) || !(error instanceof ActivityFailure)) return error
  const reason = error.cause
  if (!(reason instanceof ApplicationFailure)) return error
  return ApplicationFailure.create({
    message: reason.message,
    ...(reason.type ? { type: reason.type } : {}),
    nonRetryable: true,
    cause: error,
  })
}
