import {
  ActivityFailure,
  CancellationScope,
  isCancellation,
  log,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import { failureLine } from '../loader/results/messageTemplate.ts'
import type { PlanReport } from '../packages/client/contract/planRecords.ts'
import type { RunReport } from '../packages/client/contract/runReport.ts'
import { advance } from './advance.ts'
import { type Failure, failureOf } from './failures.ts'
import { tagEnd } from './page/runTags.ts'
import { LIST_ATTRIBUTES, NOTIFY, RECORD_END } from './policies.ts'
import type { RunState, SyncRecordsRun } from './runState.ts'

const { recordEnd } = proxyActivities<Activities>({
  ...RECORD_END,
  summary: 'record in the run store how the run ended',
})
const { listSearchAttributes } = proxyActivities<Activities>({
  ...LIST_ATTRIBUTES,
  summary: 'list the registered search attributes',
})
const { notifyEnd } = proxyActivities<Activities>({
  ...NOTIFY,
  summary: 'send notifications if the state of the sync has changed',
})

/** How a run ends: completed, planned or skipped, with its report, or early. */
type RunEnd =
  | { readonly outcome: RunReport['outcome']; readonly report: RunReport }
  | { readonly outcome: PlanReport['outcome']; readonly planned: PlanReport }
  | { readonly outcome: 'failed' | 'cancelled'; readonly failure: Failure }

export function earlyEnd(error: unknown): RunEnd {
  return { outcome: isCancellation(error) ? 'cancelled' : 'failed', failure: failureOf(error) }
}

/** Reports the end of a run everywhere: Temporal's UI, search attributes, run store, log, notifications. Never rejects. */
export async function endRun(state: RunState, input: SyncRecordsRun, end: RunEnd): Promise<void> {
  if ('report' in end) advance(state, { stage: 'done', report: end.report })
  else if ('planned' in end) advance(state, { stage: 'done', planned: end.planned })
  else advance(state, { failure: { outcome: end.outcome, message: end.failure.message } })
  const registered = state.settings?.searchAttributes ?? (await registeredNow())
  tagEnd(state, registered, end.outcome, syncOf(state, input))
  await record(state, end)
  logEnd(state, input, end)
  await notify(state, input, end)
}

/** A run that failed early does not know the search attributes yet. */
export const registeredNow = (): ReturnType<Activities['listSearchAttributes']> =>
  CancellationScope.nonCancellable(() => listSearchAttributes()).catch(() => [])

/** A completed, planned or skipped run has its report in the run store already. */
async function record({ runId }: RunState, end: RunEnd): Promise<void> {
  if (!('failure' in end)) return
  const execution = workflowInfo().firstExecutionRunId
  const { outcome, failure } = end
  const fields = { runId, execution, outcome, ...(outcome === 'failed' && { failure }) }
  await CancellationScope.nonCancellable(() => recordEnd(fields)).catch(() => {})
}

/** Writes the one line in the worker's log that a run ends with. */
function logEnd(state: RunState, input: SyncRecordsRun, end: RunEnd): void {
  const { runId: run, settings, report, planned } = state
  const facts = {
    run,
    ...syncOf(state, input),
    ...(settings === undefined ? {} : { connection: settings.connection, object: settings.object }),
    ...(report === undefined ? {} : { records: report.records, ...report.tally }),
    ...(planned === undefined ? {} : { records: planned.records, ...planned.verdicts }),
  }
  if (!('failure' in end)) {
    log.info('Run ended', { ...facts, outcome: end.outcome })
    return
  }
  if (end.outcome === 'cancelled') {
    log.warn('Run cancelled', facts)
    return
  }
  const { type, message } = end.failure
  log.error('Run failed', { ...facts, failure: { type, message: failureLine(message) } })
}

/** Also notifies of a run that failed before its sync was validated. The one who asked for a plan gets its answer. */
async function notify(state: RunState, input: SyncRecordsRun, end: RunEnd): Promise<void> {
  const { outcome } = end
  if (outcome === 'cancelled' || outcome === 'skipped' || outcome === 'planned') return
  // A flow sends one notification for all of its runs.
  if (state.plans || state.settings?.notifies === false || state.flow !== undefined) return
  const { namespace, workflowId, runId } = workflowInfo()
  const notification = {
    ...syncOf(state, input),
    outcome,
    ...(state.report === undefined ? {} : { report: notified(state.report) }),
    ...('failure' in end ? { failure: end.failure } : { answersCaller: state.settings?.inlineResults ?? false }),
    runId: state.runId,
    workflow: { namespace, workflowId, runId },
  }
  try {
    await CancellationScope.nonCancellable(() => notifyEnd(notification))
  } catch (error) {
    const reason = notificationReason(error)
    log.error('Notification of the end of the run was not sent', { reason })
    advance(state, { notificationError: `${reason} The next run of this sync tries again.` })
  }
}

/** Why a notification was not sent. */
export function notificationReason(error: unknown): string {
  return error instanceof ActivityFailure && error.cause ? error.cause.message : String(error)
}

function notified({ connection, object, records, tally, errors, files }: RunReport) {
  return { connection, object, records, tally, errors, files }
}

/** The sync whose run it is. A run that failed before this was known counts as one if its input changes nothing of the sync. */
function syncOf({ settings }: RunState, { sync, spec, resume }: SyncRecordsRun): { readonly sync?: string } {
  const name = settings === undefined && spec == null && resume == null ? sync : settings?.sync
  return name == null ? {} : { sync: name }
}
