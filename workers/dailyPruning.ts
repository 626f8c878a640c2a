// Starts the removal of old runs once a day; the first of many workers to ask starts it.
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import type { Logger } from '@temporalio/worker'
import type { PruneRunsInput } from '../packages/client/contract/maintenance.ts'
import { TASK_QUEUE } from '../packages/client/contract/names.ts'

/** Milliseconds between two attempts: if a worker stops, its next attempt or another worker's makes up for it. */
const INTERVAL = 3_600_000

/**
 * Tries now and every hour until the process ends. A failure is logged; the next attempt follows in an hour.
 * @param isWanted whether the configuration has a retention now
 */
export function pruneDaily(client: Client, logger: Logger, isWanted: () => boolean): void {
  const tryStart = (): void => {
    if (!isWanted()) return
    startPruning(client, new Date()).catch((error: Error) => {
      logger.warn('Old runs could not be removed; the next attempt is in an hour', { error })
    })
  }
  tryStart()
  setInterval(tryStart, INTERVAL).unref()
}

/** @returns whether this call is the first of the day */
export async function startPruning({ workflow }: Client, now: Date): Promise<boolean> {
  const input: PruneRunsInput = {}
  try {
    await workflow.start('pruneRuns', {
      taskQueue: TASK_QUEUE,
      workflowId: `prune-runs/${now.toISOString().slice(0, 10)}`,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      args: [input],
      staticSummary: 'Removes runs past their retention (retention in sflink.yaml)',
    })
    return true
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false
    throw error
  }
}
