import type { Client } from '@temporalio/client'
import { NoWorkerError } from './errors.ts'
import { missingWorkers } from './missingWorkers.ts'

export type Awaited = { readonly client: Client; readonly taskQueue: string; readonly workflowId: string }

/** The answer, unless there is nobody to give it. Throws NoWorkerError after a few seconds without a worker. */
export async function orNoWorker<T>(answer: Promise<T>, { client, taskQueue, workflowId }: Awaited): Promise<T> {
  const answered = new AbortController()
  try {
    return await Promise.race([answer, missing()])
  } catch (error) {
    // Nobody waits for the answer any more.
    answer.catch(() => {})
    throw error
  } finally {
    answered.abort()
  }

  async function missing(): Promise<never> {
    const roles = await missingWorkers(client, taskQueue, answered.signal)
    if (roles.length > 0) throw new NoWorkerError(taskQueue, client.options.namespace, workflowId)
    return new Promise<never>(() => {})
  }
}
