import { proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import {
  type PruneRunsAnswer,
  type PruneRunsInput,
  pruneRunsInputSchema,
} from '../packages/client/contract/maintenance.ts'
import { readably } from './failures.ts'
import { PRUNE } from './policies.ts'
import { requireInput } from './requireInput.ts'

const activities = proxyActivities<Activities>({ ...PRUNE, summary: 'remove runs past their retention' })

/** Removes from the run store the runs past their retention. */
export async function pruneRuns(input: PruneRunsInput): Promise<PruneRunsAnswer> {
  requireInput(pruneRunsInputSchema, input, { retention: 7_776_000_000 })
  return readably(() => activities.pruneRuns(input))
}
