import { isCancellation, proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import type { PreparedLoad } from '../activities/runSettings.ts'
import { type MatchedRecords, type StagedSource, withoutUnmatched } from '../loader/protocol/staged.ts'
import { advance } from './advance.ts'
import { notificationReason } from './endRun.ts'
import { NOTIFY } from './policies.ts'
import type { RunState } from './runState.ts'

const { notifyDeletions: send } = proxyActivities<Activities>({
  ...NOTIFY,
  summary: 'send notifications: more deletions are planned than the configuration allows without one',
})

/**
 * Notifies of many deletions before the first of them is sent. A notification that fails stops no run: its page shows the reason.
 * @param matched what the search for the records has found, if there was one
 */
export async function notifyDeletions(
  { settings, staged }: PreparedLoad,
  matched: MatchedRecords | undefined,
  state: RunState,
): Promise<void> {
  const { plannedDeletions, sync, connection, object } = settings
  const deletions = matched?.compared?.verdicts.delete ?? deletionsIn(staged, matched)
  if (plannedDeletions === undefined || deletions <= plannedDeletions) return
  const { namespace, workflowId, runId } = workflowInfo()
  const planned = {
    ...(sync === undefined ? {} : { sync }),
    runId: state.runId,
    workflow: { namespace, workflowId, runId },
    connection,
    object,
    records: staged.records,
    deletions,
    plans: state.plans,
  }
  try {
    await send(planned)
  } catch (error) {
    if (isCancellation(error)) throw error
    advance(state, { notificationError: notificationReason(error) })
  }
}

function deletionsIn(staged: StagedSource, matched: MatchedRecords | undefined): number {
  const { chunks } = matched === undefined ? staged : withoutUnmatched(staged, matched)
  return chunks.filter(({ operation }) => operation === 'delete').reduce((sum, { records }) => sum + records, 0)
}
