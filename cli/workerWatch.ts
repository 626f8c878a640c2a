// Words for when nobody works on what the command has started.
import { missingLine } from '../client/missingLine.ts'
import { type MissingWorkers, missingWorkers as missingOn } from '../client/missingWorkers.ts'
import { TASK_QUEUE } from '../workflows/contract.ts'
import type { TemporalAccess } from './temporal.ts'

export { isMissing } from '../client/missingWorkers.ts'

/** Resolves to what is missing after a few seconds. Never rejects: not knowing is no reason to complain. */
export function missingWorkers({ client }: TemporalAccess, signal: AbortSignal): Promise<MissingWorkers> {
  return missingOn(client, TASK_QUEUE, signal)
}

/** @param effect follows the fact. @default none */
export function missingWorkerLine(
  { address, namespace }: Pick<TemporalAccess, 'address' | 'namespace'>,
  missing: MissingWorkers,
  effect?: ', so the run waits',
): string {
  return missingLine(missing, `${TASK_QUEUE} (Temporal ${address}, namespace ${namespace})`, effect)
}
