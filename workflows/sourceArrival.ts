import { ActivityCancellationType, proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import { asSummary } from '../loader/spec/runTitle.ts'
import type { RunSettings, SyncRecordsInput } from '../packages/client/contract/messages.ts'
import type { SkippedRun } from '../packages/client/contract/runReport.ts'
import { advance, type RunState } from './runState.ts'

/** What Temporal tells a workflow that a schedule has started: for when, without jitter, however late it is. */
const SCHEDULED_TIME = 'TemporalScheduledStartTime'

/** ISO 8601: as given, else as the schedule had it; undefined for a run that nobody has scheduled. */
export function scheduledTime({ scheduledTime: given }: SyncRecordsInput): string | undefined {
  if (given != null) return given
  const found = workflowInfo()
    .typedSearchAttributes.getAll()
    .find(({ key }) => key.name === SCHEDULED_TIME)?.value
  return found instanceof Date ? found.toISOString() : undefined
}

/**
 * Waits for a source that may come late: between two looks nothing runs and the history does not grow.
 * Says so when there is none and the run is to be skipped.
 */
export async function untilSource(
  { sourceWait, title }: Pick<RunSettings, 'sourceWait' | 'title'>,
  state: RunState,
  scheduled: string | undefined,
): Promise<SkippedRun | undefined> {
  if (sourceWait === undefined) return undefined
  const since = scheduled === undefined ? workflowInfo().startTime.getTime() : Date.parse(scheduled)
  const until = new Date(since + sourceWait).toISOString().slice(0, 16).replace('T', ' ')
  const { awaitSource } = proxyActivities<Activities>({
    startToCloseTimeout: '5 minutes',
    // It fails for as long as the source may still come, and ends that itself.
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    summary: asSummary(`wait for ${title.source} until ${until} UTC`),
  })
  advance(state, { stage: 'waiting' })
  const { skipped } = await awaitSource({ runId: state.runId, since })
  if (skipped === undefined) advance(state, { stage: 'connecting' })
  return skipped
}
