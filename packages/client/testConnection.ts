import { randomUUID } from 'node:crypto'
import type { Client } from '@temporalio/client'
import type { ConnectionTest } from './contract/inspection.ts'
import { TASK_QUEUE } from './contract/names.ts'
import { failureOf } from './failure.ts'
import { orNoWorker } from './orNoWorker.ts'
import type { QueueOptions } from './startSync.ts'

const LONGEST_ANSWER = '10 minutes'

/**
 * Proves by a query that a connection of the worker's configuration reaches its org and that the credentials are valid.
 * Throws RunFailedError with the reason when it does not, InputRejectedError for an unknown connection, NoWorkerError.
 */
export async function testConnection(
  client: Client,
  connection: string,
  { taskQueue = TASK_QUEUE }: QueueOptions = {},
): Promise<ConnectionTest> {
  const workflowId = `testConnection/${connection}/${randomUUID().slice(0, 8)}`
  const handle = await client.workflow.start('testConnection', {
    taskQueue,
    workflowId,
    args: [{ connection }],
    workflowExecutionTimeout: LONGEST_ANSWER,
  })
  try {
    return await orNoWorker(handle.result() as Promise<ConnectionTest>, { client, taskQueue, workflowId })
  } catch (error) {
    throw failureOf(error, workflowId)
  }
}
