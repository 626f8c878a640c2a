// Missing workers: the message, and the end of a wait for an answer that no worker will give.
import type { Client } from '@temporalio/client'
import { NoWorkerError } from './errors.ts'
import { isMissing, type MissingWorkers, missingWorkers } from './missingWorkers.ts'

export type Awaited = { readonly client: Client; readonly taskQueue: string; readonly workflowId: string }

/** The answer, unless no worker polls for it. Throws NoWorkerError after a few seconds without a worker. */
export async function orNoWorker<T>(answer: Promise<T>, { client, taskQueue, workflowId }: Awaited): Promise<T> {
  const answered = new AbortController()
  try {
    return await Promise.race([answer, noWorker()])
  } catch (error) {
    // The answer is no longer awaited.
    answer.catch(() => {})
    throw error
  } finally {
    answered.abort()
  }

  async function noWorker(): Promise<never> {
    const missing = await missingWorkers(client, taskQueue, answered.signal)
    if (!isMissing(missing)) return new Promise<never>(() => {})
    const queue = `${taskQueue} (namespace ${client.options.namespace})`
    throw new NoWorkerError(taskQueue, missing, missingLine(missing, queue, `, so ${workflowId} waits`))
  }
}

/**
 * What is missing and what to do.
 * @param queue as the reader knows it: `x (namespace y)`
 * @param effect follows the fact, such as `, so the run waits`. @default none
 */
export function missingLine({ roles, idle }: MissingWorkers, queue: string, effect = ''): string {
  const lines = roles.length > 0 ? [missingRole(roles, queue, effect)] : []
  return (idle === undefined ? lines : [...lines, idleLine(idle, queue, effect)]).join('. ')
}

function missingRole(roles: MissingWorkers['roles'], queue: string, effect: string): string {
  const [role] = roles.length === 1 ? roles : []
  const [worker, command] = role === undefined ? ['worker', ''] : [`${role} worker`, ` --role ${role}`]
  return `No ${worker} polls the task queue ${queue}${effect}. Start one: sflink worker${command}`
}

function idleLine({ version, current }: NonNullable<MissingWorkers['idle']>, queue: string, effect: string): string {
  const reason = current ? `while build ${current.buildId} of ${current.deploymentName} is` : 'until it is made'
  const setCurrent = 'temporal worker deployment set-current-version --deployment-name'
  if (version !== undefined) {
    const { deploymentName, buildId } = version
    return (
      `Build ${buildId} of the deployment ${deploymentName} polls the task queue ${queue} but gets no new run ${reason} current${effect}. ` +
      `Make it current: ${setCurrent} ${deploymentName} --build-id ${buildId}`
    )
  }
  return (
    `Workers of no build poll the task queue ${queue} but get no new run ${reason} current${effect}. ` +
    `Start one of that build: sflink worker --deployment ${current?.deploymentName} --build-id ${current?.buildId}; ` +
    `or do without builds: ${setCurrent} ${current?.deploymentName} --unversioned`
  )
}
