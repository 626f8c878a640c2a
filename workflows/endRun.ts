import { CancellationScope, isCancellation, log, workflowInfo } from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import { failureLine } from '../loader/results/messageTemplate.ts'
import type { RunReport } from '../packages/client/contract/runReport.ts'
import type { SyncRecordsInput } from '../packages/client/contract/syncRecords.ts'
import { failureFacts } from './failures.ts'
import { advance } from './page/showRun.ts'
import { tagEnd } from './page/tags.ts'
import { NOTIFY, RECORD_END, stepsUnder } from './policies.ts'
import type { RunState } from './runState.ts'

/** A run ends with its report, or with the failure (or cancellation) that ends its workflow. */
export type RunEnding = { readonly report: RunReport } | { readonly failure: unknown }

/** The only way to end a run: shows, tags, stores, logs and notifies the outcome. Never rejects. */
export async function endRun(state: RunState, input: SyncRecordsInput, ending: RunEnding): Promise<void> {
  if ('report' in ending) {
    advance(state, { stage: 'done', report: ending.report })
    await tagEnd(state, input, ending.report.outcome)
  } else {
    const outcome = isCancellation(ending.failure) ? 'cancelled' : 'failed'
    advance(state, { failure: { outcome, message: failureFacts(ending.failure).message } })
    await tagEnd(state, input, outcome)
    await recordEnd(state, outcome, ending.failure)
  }
  logEnd(state, input, ending)
  await notifyEnd(state, input, ending)
}

/** Stores an end without a report in the run store. */
async function recordEnd({ runId }: RunState, outcome: 'cancelled' | 'failed', failure: unknown): Promise<void> {
  const execution = workflowInfo().firstExecutionRunId
  const end = { runId, execution, outcome, ...(outcome === 'failed' ? { failure: failureFacts(failure) } : {}) }
  const steps = stepsUnder(RECORD_END, 'store in the run store how the run ended')
  await CancellationScope.nonCancellable(() => steps.recordEnd(end)).catch(() => {})
}

/** Writes the one line of the worker's log with which a run ends. */
function logEnd({ runId, settings, report }: RunState, { sync }: SyncRecordsInput, ending: RunEnding): void {
  const facts = {
    run: runId,
    ...(typeof sync === 'string' ? { sync } : {}),
    ...(settings === undefined ? {} : { connection: settings.connection, object: settings.object }),
    ...(report === undefined ? {} : { records: report.records, ...report.tally }),
  }
  if ('report' in ending) {
    log.info('Run ended', { ...facts, outcome: ending.report.outcome })
    return
  }
  if (isCancellation(ending.failure)) {
    log.warn('Run cancelled', facts)
    return
  }
  const { type, message } = failureFacts(ending.failure)
  log.error('Run failed', { ...facts, failure: { type, message: failureLine(message) } })
}

/** Notifies those who watch the sync. A skipped or cancelled run changes nothing for them. */
async function notifyEnd(state: RunState, { sync }: SyncRecordsInput, ending: RunEnding): Promise<void> {
  const { settings, report, runId } = state
  if (settings?.notifies === false || isQuiet(ending)) return
  const { namespace, workflowId, runId: execution } = workflowInfo()
  const end: Parameters<Activities['notifyEnd']>[0] = {
    runId,
    workflow: { namespace, workflowId, runId: execution },
    ...(typeof sync === 'string' ? { sync } : {}),
    ...(report === undefined ? {} : { report: briefly(report) }),
    ...('report' in ending
      ? { outcome: ending.report.outcome, answersCaller: settings?.inlineResults === true }
      : { outcome: 'failed' as const, failure: failureFacts(ending.failure) }),
  }
  try {
    const steps = stepsUnder(NOTIFY, 'notify those who watch the sync if its state has changed')
    await CancellationScope.nonCancellable(() => steps.notifyEnd(end))
  } catch (error) {
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
    log.error('Notification was not sent', { reason })
    advance(state, { notNotified: reason })
  }
}

function isQuiet(ending: RunEnding): boolean {
  return 'report' in ending ? ending.report.outcome === 'skipped' : isCancellation(ending.failure)
}

function briefly({ connection, object, records, tally, errors, files }: RunReport) {
  return { connection, object, records, tally, errors, files }
}
