// The workers that poll the task queue of a Temporal server.
import { hostname } from 'node:os'
import { isAlive } from '../../loader/storage/durableFiles.ts'
import { TASK_QUEUE } from '../../packages/client/contract/names.ts'
import type { TemporalAccess } from '../temporal.ts'

/** `TaskQueueType` of Temporal's API: for workflows, for activities. */
const TYPES = [1, 2] as const

/** Names of the workers that poll for workflows, and of those that poll for activities: `4711@host sflink worker all`. */
async function pollers({ client, namespace }: Pick<TemporalAccess, 'client' | 'namespace'>) {
  return Promise.all(
    TYPES.map(async taskQueueType => {
      const request = { namespace, taskQueue: { name: TASK_QUEUE }, taskQueueType }
      const described = await client.workflowService.describeTaskQueue(request)
      return (described.pollers ?? []).map(({ identity }) => identity ?? '')
    }),
  )
}

/** The name of a worker that polls; undefined when there is none. Temporal remembers workers of this machine that have ended. */
export async function livingWorker(temporal: TemporalAccess): Promise<string | undefined> {
  return (await pollers(temporal)).flat().find(identity => {
    const [, id, host] = /^(\d+)@(\S+)/.exec(identity) ?? []
    return host !== hostname() || isAlive(Number(id))
  })
}

/** Whether the process with this id polls for workflows and for activities. */
export async function polls(temporal: TemporalAccess, id: number): Promise<boolean> {
  return (await pollers(temporal)).every(names => names.some(name => name.startsWith(`${id}@`)))
}
