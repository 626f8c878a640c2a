import { getClient } from '@temporalio/activity'
import type { Dependencies } from '../loader/dependencies.ts'
import { pruneRuns as runPruneRuns } from '../loader/runs/pruneRuns.ts'
import type { PruneRunsAnswer, PruneRunsInput } from '../packages/client/contract/maintenance.ts'
import { runStep } from './runStep.ts'

/**
 * Removes the runs whose retention has passed. A run that a workflow executes is never removed.
 * Retry: safe because a run is marked as removed before its first file is deleted, and a marked run never starts again; the next
 * attempt completes an interrupted removal.
 */
export function pruneRuns(dependencies: Dependencies) {
  return (input: PruneRunsInput): Promise<PruneRunsAnswer> =>
    runStep(step => runPruneRuns(dependencies, input, { ...step, isRunning }))
}

async function isRunning(workflowId: string): Promise<boolean> {
  try {
    const { closeTime } = await getClient().workflow.getHandle(workflowId).describe()
    return closeTime === undefined
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowNotFoundError') return false
    throw error
  }
}
