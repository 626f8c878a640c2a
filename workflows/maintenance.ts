import { proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import {
  type CheckSyncInput,
  checkSyncInputSchema,
  type PruneRunsAnswer,
  type PruneRunsInput,
  pruneRunsInputSchema,
  type SyncCheck,
  type WorkerCheck,
} from '../packages/client/contract/maintenance.ts'
import { readably, requireInput } from './failures.ts'
import { CHECK, PRUNE } from './policies.ts'

const checking = proxyActivities<Activities>({ ...CHECK, summary: 'check what the worker has and reaches' })

/** Validates a sync of the worker's configuration against its org; nothing is written. */
export async function checkSync(input: CheckSyncInput): Promise<SyncCheck> {
  requireInput(checkSyncInputSchema, input, { sync: 'nightly' })
  return readably(() => checking.checkSync(input))
}

/** Reports what a worker is configured with, and tests its run store and databases. */
export async function checkWorker(): Promise<WorkerCheck> {
  return readably(() => checking.checkWorker())
}

const pruning = proxyActivities<Activities>({ ...PRUNE, summary: 'remove runs past their retention' })

/** Removes from the run store the runs past their retention. */
export async function pruneRuns(input: PruneRunsInput): Promise<PruneRunsAnswer> {
  requireInput(pruneRunsInputSchema, input, { retention: 7_776_000_000 })
  return readably(() => pruning.pruneRuns(input))
}
