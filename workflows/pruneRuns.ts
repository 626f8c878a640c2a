import { proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import type { PruneRunsAnswer, PruneRunsInput } from '../packages/client/contract/messages.ts'
import { readably } from './failures.ts'
import { PRUNE } from './policies.ts'
import { requireInput } from './requireInput.ts'

const activities = proxyActivities<Activities>({ ...PRUNE, summary: 'remove runs past their retention' })

/** Removes from the run store the runs past their retention. */
export async function pruneRuns(input: PruneRunsInput): Promise<PruneRunsAnswer> {
  requireInput(input, { keep: '7776000000' }, [])
  return readably(() => activities.pruneRuns(input))
}
