import { workflowInfo } from '@temporalio/workflow'
import type { RunSettings } from '../activities/runSettings.ts'
import type { SkippedRun } from '../packages/client/contract/runReport.ts'
import type { SyncRecordsInput } from '../packages/client/contract/syncRecords.ts'
import { advance } from './page/showRun.ts'
import { AWAIT_SOURCE, stepsUnder } from './policies.ts'
import type { RunState } from './runState.ts'

/** The search attribute with the time for which a schedule started the workflow, without jitter. */
const SCHEDULED_TIME = 'TemporalScheduledStartTime'

/** ISO 8601: as given, else the time of the schedule; undefined for a run without a scheduled time. */
export function scheduledTime({ scheduledTime: given }: SyncRecordsInput): string | undefined {
  if (given != null) return given
  const found = workflowInfo()
    .typedSearchAttributes.getAll()
    .find(({ key }) => key.name === SCHEDULED_TIME)?.value
  return found instanceof Date ? found.toISOString() : undefined
}

/**
 * Waits for a source that may arrive late. Between two polls nothing runs and the history does not grow.
 * Returns the reason when there is no source and the sync skips such a run.
 */
export async function untilSource(
  { sourceWait, title }: Pick<RunSettings, 'sourceWait' | 'title'>,
  state: RunState,
  scheduled: string | undefined,
): Promise<SkippedRun | undefined> {
  if (sourceWait === undefined) return undefined
  const since = scheduled === undefined ? workflowInfo().startTime.getTime() : Date.parse(scheduled)
  const until = new Date(since + sourceWait).toISOString().slice(0, 16).replace('T', ' ')
  const steps = stepsUnder(AWAIT_SOURCE, `wait for ${title.source} until ${until} UTC`)
  advance(state, { stage: 'waiting' })
  const { skipped } = await steps.awaitSource({ runId: state.runId, since })
  if (skipped === undefined) advance(state, { stage: 'connecting' })
  return skipped
}
