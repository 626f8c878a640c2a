import { proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import type { PruneRunsAnswer, PruneRunsInput } from '../packages/client/contract/messages.ts'
import { HEARTBEAT_TIMEOUT } from './heartbeatTimeout.ts'
import { readably } from './readableFailure.ts'
import { requireInput } from './requireInput.ts'

const files = proxyActivities<Activities>({
  startToCloseTimeout: '12 hours',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '1 minute', maximumAttempts: 10 },
  summary: 'remove the runs whose time has passed',
})

/** Removes from the run store the runs whose time has passed. */
export async function pruneRuns(input: PruneRunsInput): Promise<PruneRunsAnswer> {
  requireInput(input, { retention: '7776000000' }, [])
  return readably(() => files.pruneRuns(input))
}
