// Whether anybody works on what the command has started.
import { setTimeout as sleep } from 'node:timers/promises'
import { TASK_QUEUE } from '../workflows/contract.ts'
import type { TemporalAccess } from './temporal.ts'

/** A worker that has just been started gets this long before it is missed; milliseconds. */
const PATIENCE = 4_000
/** A living worker polls at least once a minute; Temporal remembers those that have gone for five. */
const LONGEST_POLL = 90_000

/** `TaskQueueType` of Temporal's API. */
const WORKFLOW_TASKS = 1

/** Resolves to whether no worker is there after a few seconds. Never rejects: not knowing is no reason to complain. */
export async function workerIsMissing(temporal: TemporalAccess, signal: AbortSignal): Promise<boolean> {
  try {
    if (await isPolled(temporal)) return false
    await sleep(PATIENCE, undefined, { signal })
    return !(await isPolled(temporal))
  } catch {
    return false
  }
}

async function isPolled({ client, namespace }: TemporalAccess): Promise<boolean> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: TASK_QUEUE },
    taskQueueType: WORKFLOW_TASKS,
  })
  const oldest = (Date.now() - LONGEST_POLL) / 1000
  return (pollers ?? []).some(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) > oldest)
}

export function missingWorkerLine({ address, namespace }: TemporalAccess): string {
  return `No worker polls the task queue ${TASK_QUEUE} (Temporal ${address}, namespace ${namespace}). Start one: sflink worker`
}
