// Whether anybody works on what was started.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'

/** A worker that has just been started gets this long before it is missed; milliseconds. */
const PATIENCE = 4_000
/** A living worker polls at least once a minute; Temporal remembers those that have gone for five. */
const LONGEST_POLL = 90_000

/** Kinds of work, each by the `TaskQueueType` of Temporal's API and the role of the workers that do it. */
const KINDS = [
  { type: 1, role: 'workflow' },
  { type: 2, role: 'load' },
] as const

/** Roles that no worker fills; empty when all is well. */
export type MissingRoles = readonly (typeof KINDS)[number]['role'][]

/** Resolves to the roles that nobody fills after a few seconds. Never rejects: not knowing is no reason to complain. */
export async function missingWorkers(client: Client, taskQueue: string, signal: AbortSignal): Promise<MissingRoles> {
  try {
    if ((await unfilledRoles(client, taskQueue)).length === 0) return []
    await sleep(PATIENCE, undefined, { signal })
    return await unfilledRoles(client, taskQueue)
  } catch {
    return []
  }
}

async function unfilledRoles(client: Client, taskQueue: string): Promise<MissingRoles> {
  const filled = await Promise.all(KINDS.map(({ type }) => isPolled(client, taskQueue, type)))
  return KINDS.filter((_, index) => !filled[index]).map(({ role }) => role)
}

async function isPolled(client: Client, name: string, taskQueueType: number): Promise<boolean> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name },
    taskQueueType,
  })
  const oldest = (Date.now() - LONGEST_POLL) / 1000
  return (pollers ?? []).some(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) > oldest)
}
