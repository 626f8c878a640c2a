import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import type { QueueOptions } from './connect.ts'
import { PAUSE_UPDATE, RESUME_UPDATE, TASK_QUEUE } from './contract/names.ts'
import type { ControlAnswer, ControlInput } from './contract/runControl.ts'
import { InputRejectedError } from './errors.ts'
import { failureOf } from './failure.ts'
import { orNoWorker } from './noWorker.ts'

/**
 * Pauses a run: chunks in progress are settled, no other chunk is sent until `resumeRun`. A pause survives restarts of the workers.
 * Throws InputRejectedError for an invalid input and for a run that has ended, NoWorkerError.
 */
export function pauseRun(
  client: Client,
  workflowId: string,
  input: ControlInput = {},
  options?: QueueOptions,
): Promise<ControlAnswer> {
  return update(client, { workflowId, name: PAUSE_UPDATE, input }, options)
}

/**
 * Continues a run that is paused; one that is not stays as it is. A run that has ended is started again by `startSync`.
 * Throws what `pauseRun` throws.
 */
export function resumeRun(
  client: Client,
  workflowId: string,
  input: ControlInput = {},
  options?: QueueOptions,
): Promise<ControlAnswer> {
  return update(client, { workflowId, name: RESUME_UPDATE, input }, options)
}

type ControlUpdate = { readonly workflowId: string; readonly name: string; readonly input: ControlInput }

async function update(
  client: Client,
  { workflowId, name, input }: ControlUpdate,
  { taskQueue = TASK_QUEUE }: QueueOptions = {},
): Promise<ControlAnswer> {
  const answer = client.workflow.getHandle(workflowId).executeUpdate<ControlAnswer, [ControlInput]>(name, {
    args: [input],
  })
  try {
    return await orNoWorker(answer, { client, taskQueue, workflowId })
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw ended(workflowId, name, error)
    throw failureOf(error, { workflowId })
  }
}

function ended(workflowId: string, name: string, cause: unknown): InputRejectedError {
  const message = `${workflowId} is not running, so there is nothing to ${name}: it has ended, or Temporal has no workflow of this id`
  return new InputRejectedError('RunEndedError', message, cause)
}
