import { ActivityFailure, CancelledFailure } from '@temporalio/workflow'

/**
 * A step that fails while its run is being cancelled is not tried again: Temporal then tells of its failure, however passing
 * ("the job has not ended yet"). To the run that is its cancellation. Every other error passes unchanged.
 */
export function asCancellation(error: unknown): unknown {
  if (!(error instanceof ActivityFailure) || error.retryState !== 'CANCEL_REQUESTED') return error
  return new CancelledFailure('The run was cancelled', [], error)
}
