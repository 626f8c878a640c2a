import type { Client } from '@temporalio/client'
import { NoWorkerError } from './errors.ts'
import { isMissing, missingWorkers } from './missingWorkers.ts'

export type Awaited = { readonly client: Client; readonly taskQueue: string; readonly workflowId: string }

/** The answer, unless there is nobody to give it. Throws NoWorkerError after a few seconds without a worker. */
export async function orNoWorker<T>(answer: Promise<T>, { client, taskQueue, workflowId }: Awaited): Promise<T> {
  const answered = new AbortController()
  try {
    return await Promise.race([answer, nobody()])
  } catch (error) {
    // Nobody waits for the answer any more.
    answer.catch(() => {})
    throw error
  } finally {
    answered.abort()
  }

  async function nobody(): Promise<never> {
    const missing = await missingWorkers(client, taskQueue, answered.signal)
    if (isMissing(missing)) throw new NoWorkerError(taskQueue, client.options.namespace, workflowId, missing)
    return new Promise<never>(() => {})
  }
}
