import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client'
import type { QueueOptions } from './connect.ts'
import { type RunName, runNameOf, TASK_QUEUE } from './contract/names.ts'
import type { PlanReport } from './contract/planRecords.ts'
import type { RunReport } from './contract/runReport.ts'
import { InputRejectedError } from './errors.ts'
import { failureOf } from './failure.ts'
import { orNoWorker } from './noWorker.ts'
import { type SyncRequest, startedSync, startOfSync } from './startSync.ts'

/**
 * Plans a load, once, and waits for the report: what the load would do to each record. Nothing is sent.
 * Throws RunFailedError, InputRejectedError, RunDiffersError, and NoWorkerError when no worker polls.
 */
export async function planSync(client: Client, request: SyncRequest, options: QueueOptions = {}): Promise<PlanReport> {
  const { workflowId } = await startOfSync(client, 'planRecords', request, options)
  const report = client.workflow.getHandle(workflowId).result() as Promise<PlanReport>
  const answer = report.catch(error => {
    throw failureOf(error, { workflowId })
  })
  return orNoWorker(answer, { client, taskQueue: options.taskQueue ?? TASK_QUEUE, workflowId })
}

/**
 * Applies exactly a plan, once, and waits for the report of the load. A record that has changed in the org since is rejected (PLAN_STALE).
 * A load that failed or was cancelled resumes where it stopped.
 * Throws InputRejectedError for a plan that may not be applied, RunFailedError, and NoWorkerError when no worker polls.
 * @param runId of the report of the plan
 */
export async function applyPlan(client: Client, runId: string, options: QueueOptions = {}): Promise<RunReport> {
  const { taskQueue = TASK_QUEUE } = options
  const run = runNameOf(runId)
  const { workflowId } = run
  const type = await typeOfEnded(client, run)
  try {
    await client.workflow.start('syncRecords', {
      taskQueue,
      workflowId,
      args: [{ plan: run.runId }],
      workflowIdReusePolicy: type === 'syncRecords' ? 'ALLOW_DUPLICATE_FAILED_ONLY' : 'ALLOW_DUPLICATE',
      memo: { runId: run.runId },
    })
  } catch (error) {
    // It is being applied, or was.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
  }
  return orNoWorker(startedSync(client, run, options).result(), { client, taskQueue, workflowId })
}

/** The type of the workflow that has the id of a run; undefined when Temporal has none. Throws InputRejectedError for a plan in progress. */
async function typeOfEnded(client: Client, { workflowId, runId }: RunName): Promise<string | undefined> {
  const found = await client.workflow
    .getHandle(workflowId)
    .describe()
    .catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return undefined
      throw error
    })
  if (found?.type === 'planRecords' && found.status.name === 'RUNNING') {
    throw new InputRejectedError(
      'InputRejectedError',
      `The plan ${runId} is still being made; wait for its report before you apply it`,
    )
  }
  return found?.type
}
