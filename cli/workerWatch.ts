// Whether anybody works on what the command has started.
import { setTimeout as sleep } from 'node:timers/promises'
import { TASK_QUEUE } from '../workflows/contract.ts'
import type { TemporalAccess } from './temporal.ts'

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
export async function missingWorkers(temporal: TemporalAccess, signal: AbortSignal): Promise<MissingRoles> {
  try {
    if ((await unfilledRoles(temporal)).length === 0) return []
    await sleep(PATIENCE, undefined, { signal })
    return await unfilledRoles(temporal)
  } catch {
    return []
  }
}

async function unfilledRoles(temporal: TemporalAccess): Promise<MissingRoles> {
  const filled = await Promise.all(KINDS.map(({ type }) => isPolled(temporal, type)))
  return KINDS.filter((_, index) => !filled[index]).map(({ role }) => role)
}

async function isPolled({ client, namespace }: TemporalAccess, taskQueueType: number): Promise<boolean> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: TASK_QUEUE },
    taskQueueType,
  })
  const oldest = (Date.now() - LONGEST_POLL) / 1000
  return (pollers ?? []).some(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) > oldest)
}

export function missingWorkerLine({ address, namespace }: TemporalAccess, missing: MissingRoles): string {
  const [role] = missing.length === 1 ? missing : []
  const [worker, command] = role === undefined ? ['worker', ''] : [`${role} worker`, ` --role ${role}`]
  return `No ${worker} polls the task queue ${TASK_QUEUE} (Temporal ${address}, namespace ${namespace}). Start one: sflink worker${command}`
}
