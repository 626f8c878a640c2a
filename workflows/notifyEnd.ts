import {
  ActivityFailure,
  CancellationScope,
  isCancellation,
  log,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import type { RunSettings, SyncRecordsInput } from '../packages/client/contract/messages.ts'
import type { RunReport } from '../packages/client/contract/runReport.ts'
import { failureOf } from './keepEnd.ts'
import { advance, type RunState } from './runState.ts'

// The run has ended; whoever waits for its answer does not wait long for a receiver that is down.
const { notifyEnd } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 3, maximumAttempts: 3 },
  summary: 'tell those who watch over the sync when its state changes',
})

/** Tells of a run that came to its end. Never rejects. */
export async function notifyCompleted(
  state: RunState,
  { sync }: SyncRecordsInput,
  settings: RunSettings,
  report: RunReport,
): Promise<void> {
  if (!settings.notifies) return
  await notify(state, {
    ...(sync == null ? {} : { sync }),
    outcome: report.outcome,
    report: briefly(report),
    answersCaller: settings.inlineResults,
  })
}

/** Tells of a run that this error ends, also before it was planned. Never rejects. */
export async function notifyFailed(state: RunState, { sync }: SyncRecordsInput, error: unknown): Promise<void> {
  if (isCancellation(error)) return
  if (state.settings?.notifies === false) return
  await notify(state, {
    ...(typeof sync === 'string' ? { sync } : {}),
    outcome: 'failed',
    ...(state.report === undefined ? {} : { report: briefly(state.report) }),
    failure: failureOf(error),
  })
}

/** The activity's input, but for what `notify` knows itself. */
type End = Omit<Parameters<Activities['notifyEnd']>[0], 'runId' | 'workflow'>

async function notify(state: RunState, end: End): Promise<void> {
  const { namespace, workflowId, runId } = workflowInfo()
  const workflow = { namespace, workflowId, runId }
  try {
    await CancellationScope.nonCancellable(() => notifyEnd({ ...end, runId: state.runId, workflow }))
  } catch (error) {
    const reason = error instanceof ActivityFailure && error.cause ? error.cause.message : String(error)
    log.error('Nobody was told of the end of the run', { reason })
    advance(state, { untold: reason })
  }
}

function briefly({ connection, object, records, tally, errors, files }: RunReport) {
  return { connection, object, records, tally, errors, files }
}
