// Has the run store rid of old runs once a day, by whichever of many workers asks first.
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import type { Logger } from '@temporalio/worker'
import type { PruneRunsInput } from '../packages/client/contract/maintenance.ts'
import { TASK_QUEUE } from '../packages/client/contract/names.ts'

/** Milliseconds between two looks at the day: one that a worker misses because it stops is made up for by the next. */
const INTERVAL = 3_600_000

/** Asks now and every hour until the process ends. A failure is logged; the run store can wait until the next hour. */
export function pruneDaily(client: Client, logger: Logger): void {
  const ask = (): void => {
    startPruning(client, new Date()).catch((error: Error) => {
      logger.warn('Old runs could not be removed; the next try is in an hour', { error })
    })
  }
  ask()
  setInterval(ask, INTERVAL).unref()
}

/** @returns whether this call is the day's first */
export async function startPruning({ workflow }: Client, now: Date): Promise<boolean> {
  const input: PruneRunsInput = {}
  try {
    await workflow.start('pruneRuns', {
      taskQueue: TASK_QUEUE,
      workflowId: `prune-runs/${now.toISOString().slice(0, 10)}`,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      args: [input],
      staticSummary: 'Removes runs older than the retention in sflink.yaml',
    })
    return true
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false
    throw error
  }
}
