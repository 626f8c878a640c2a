// Words for when nobody works on what the command has started.

import { TASK_QUEUE } from '../packages/client/contract/names.ts'
import { missingLine } from '../packages/client/missingLine.ts'
import { type MissingWorkers, missingWorkers as missingOn } from '../packages/client/missingWorkers.ts'
import type { TemporalAccess } from './temporal.ts'

export { isMissing } from '../packages/client/missingWorkers.ts'

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
