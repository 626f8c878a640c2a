import { proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import type { RunSettings } from '../activities/runSettings.ts'
import type { SkippedRun } from '../packages/client/contract/runReport.ts'
import type { SyncRecordsInput } from '../packages/client/contract/syncRecords.ts'
import { beginStep } from './advance.ts'
import { asSummary } from './page/summaries.ts'
import { AWAIT_SOURCE } from './policies.ts'
import type { RunState } from './runState.ts'

/** Temporal's search attribute of a scheduled workflow: its nominal time, without jitter or delay. */
const SCHEDULED_TIME = 'TemporalScheduledStartTime'

/** The latest time of ECMAScript, in the year 275760. A caller may set the search attribute to it. */
const LATEST_TIME = 8.64e15

/** ISO 8601: the given time, else the schedule's; undefined for a run that no schedule started. */
export function scheduledTime({ scheduledTime: given }: SyncRecordsInput): string | undefined {
  if (given != null) return given
  const found = workflowInfo()
    .typedSearchAttributes.getAll()
    .find(({ key }) => key.name === SCHEDULED_TIME)?.value
  return found instanceof Date ? found.toISOString() : undefined
}

/**
 * Waits for a source that may arrive late. Between two polls nothing runs and the history does not grow.
 * Returns the reason if the source is missing and the run is skipped.
 */
export async function waitForSource(
  { sourceWait, title }: Pick<RunSettings, 'sourceWait' | 'title'>,
  state: RunState,
  scheduled: string | undefined,
): Promise<SkippedRun | undefined> {
  if (sourceWait === undefined) return undefined
  const since = scheduled === undefined ? workflowInfo().startTime.getTime() : Date.parse(scheduled)
  const until = new Date(Math.min(since + sourceWait, LATEST_TIME)).toISOString().slice(0, 16).replace('T', ' ')
  const { awaitSource } = proxyActivities<Activities>({
    ...AWAIT_SOURCE,
    summary: asSummary(`wait for ${title.source} until ${until} UTC`),
  })
  beginStep(state, `waits for ${title.source} until ${until} UTC`, { stage: 'waiting' })
  const { skipped } = await awaitSource({ runId: state.runId, since })
  if (skipped === undefined) beginStep(state, 'the source has arrived', { stage: 'connecting' })
  return skipped
}
