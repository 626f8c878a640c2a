import { randomUUID } from 'node:crypto'
import type { Client } from '@temporalio/client'
import type { QueueOptions } from './connect.ts'
import type { ConnectionTest } from './contract/inspection.ts'
import { TASK_QUEUE, type WorkflowType } from './contract/names.ts'
import { NoWorkerError } from './errors.ts'
import { failureOf } from './failure.ts'
import { orNoWorker } from './noWorker.ts'

const ANSWER_TIMEOUT = '10 minutes'

export type Question = {
  readonly type: WorkflowType
  readonly input?: object
  /** Subject of the question, for the workflow id. */
  readonly about: string
}

/**
 * Asks a worker through a short workflow. Throws RunFailedError, InputRejectedError, NoWorkerError; without a worker the
 * question is withdrawn.
 */
export async function ask<Answer>(
  client: Client,
  { type, input, about }: Question,
  { taskQueue = TASK_QUEUE }: QueueOptions = {},
): Promise<Answer> {
  const workflowId = `${type}/${about}/${randomUUID().slice(0, 8)}`
  const handle = await client.workflow.start(type, {
    taskQueue,
    workflowId,
    args: input === undefined ? [] : [input],
    workflowExecutionTimeout: ANSWER_TIMEOUT,
  })
  try {
    return await orNoWorker(handle.result() as Promise<Answer>, { client, taskQueue, workflowId })
  } catch (error) {
    if (error instanceof NoWorkerError) await handle.terminate('No worker').catch(() => {})
    throw failureOf(error, { workflowId, subject: `The question ${type}`, remedy: '. Ask again' })
  }
}

/**
 * Proves by a query that a connection of the worker's configuration reaches its org and that the credentials are valid.
 * Throws RunFailedError with the reason when it does not, InputRejectedError for an unknown connection, NoWorkerError.
 */
export function testConnection(client: Client, connection: string, options?: QueueOptions): Promise<ConnectionTest> {
  return ask(client, { type: 'testConnection', input: { connection }, about: connection }, options)
}
