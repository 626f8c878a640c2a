// Words for when nobody works on what the command has started.
import { type MissingRoles, missingWorkers as missingOn } from '../client/missingWorkers.ts'
import { TASK_QUEUE } from '../workflows/contract.ts'
import type { TemporalAccess } from './temporal.ts'

/** Resolves to the roles that nobody fills after a few seconds. Never rejects: not knowing is no reason to complain. */
export function missingWorkers({ client }: TemporalAccess, signal: AbortSignal): Promise<MissingRoles> {
  return missingOn(client, TASK_QUEUE, signal)
}

export function missingWorkerLine({ address, namespace }: TemporalAccess, missing: MissingRoles): string {
  const [role] = missing.length === 1 ? missing : []
  const [worker, command] = role === undefined ? ['worker', ''] : [`${role} worker`, ` --role ${role}`]
  return `No ${worker} polls the task queue ${TASK_QUEUE} (Temporal ${address}, namespace ${namespace}). Start one: sflink worker${command}`
}
