import { CancellationScope, isCancellation, proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'

// The failure itself is told in any case: it does not wait long for a run store that is gone.
const records = proxyActivities<Activities>({
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumAttempts: 3 },
  summary: 'keep in the run store how the run ended',
})

/** Keeps in the run store how the run ended that this error ends. Never rejects. */
export async function keepEnd(runId: string, error: unknown): Promise<void> {
  const execution = workflowInfo().firstExecutionRunId
  const end = isCancellation(error)
    ? ({ outcome: 'cancelled' } as const)
    : ({ outcome: 'failed', failure: failureOf(error) } as const)
  await CancellationScope.nonCancellable(() => records.recordEnd({ runId, execution, ...end })).catch(() => {})
}

/** A failure as the run store and notifications keep it. */
export function failureOf(error: unknown): { readonly type: string; readonly message: string } {
  if (!(error instanceof Error)) return { type: 'Error', message: String(error) }
  const type = 'type' in error && typeof error.type === 'string' ? error.type : error.name
  return { type, message: error.message }
}
