import {
  type CheckSyncInput,
  checkSyncInputSchema,
  type PruneRunsAnswer,
  type PruneRunsInput,
  pruneRunsInputSchema,
  type SyncCheck,
  type WorkerCheck,
} from '../packages/client/contract/maintenance.ts'
import { withReadableFailure } from './failures.ts'
import { CHECK, PRUNE, stepsUnder } from './policies.ts'
import { requireInput } from './requireInput.ts'

/** Validates a sync of the worker's configuration against its org; nothing is written. */
export async function checkSync(input: CheckSyncInput): Promise<SyncCheck> {
  requireInput(checkSyncInputSchema, input, { sync: 'nightly' })
  return withReadableFailure(() =>
    stepsUnder(CHECK, `validate the sync ${input.sync} against its org`).checkSync(input),
  )
}

/** Reports what a worker uses, and tests its run store. */
export async function checkWorker(): Promise<WorkerCheck> {
  return withReadableFailure(() => stepsUnder(CHECK, 'test the run store of the worker').checkWorker())
}

/** Removes the runs whose retention has passed from the run store. */
export async function pruneRuns(input: PruneRunsInput): Promise<PruneRunsAnswer> {
  requireInput(pruneRunsInputSchema, input, { retention: 7_776_000_000 })
  return withReadableFailure(() => stepsUnder(PRUNE, 'remove the runs whose retention has passed').pruneRuns(input))
}
