import { activityInfo } from '@temporalio/activity'
import type { Dependencies } from '../loader/dependencies.ts'
import { type AwaitedSource, type AwaitSourceInput, awaitSource as runAwaitSource } from '../loader/runs/awaitSource.ts'
import { runStep } from './runStep.ts'

/**
 * Waits until the source has arrived and is complete. Between two polls it holds no worker slot and the history does not grow.
 * Retry: safe because it only reads the source; its polls are stored in the run store.
 */
export function awaitSource(dependencies: Dependencies) {
  return (input: AwaitSourceInput): Promise<AwaitedSource> => {
    const execution = activityInfo().workflowExecution?.runId ?? ''
    return runStep(step => runAwaitSource(dependencies, { ...input, execution }, step))
  }
}
