// What a run of a flow shows while it runs, and the report of its end: Temporal's UI, search attributes, memo, log, notification.
import {
  CancellationScope,
  isCancellation,
  log,
  proxyActivities,
  setCurrentDetails,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import type { PreparedFlow } from '../activities/flows.ts'
import { mergeRejections } from '../loader/results/errorCounts.ts'
import { failureLine } from '../loader/results/messageTemplate.ts'
import type { FlowPlan, FlowReport } from '../packages/client/contract/runFlow.ts'
import type { ErrorCount } from '../packages/client/contract/runReport.ts'
import { notificationReason, registeredNow } from './endRun.ts'
import { type Failure, failureOf } from './failures.ts'
import { type FlowState, flowReportOf } from './flowState.ts'
import { flowDetails, flowSteps } from './page/flowDetails.ts'
import { nextStepLine } from './page/nextSteps.ts'
import { setSearchAttributes } from './page/runTags.ts'
import { NOTIFY } from './policies.ts'

const { notifyEnd } = proxyActivities<Activities>({
  ...NOTIFY,
  summary: 'send notifications if the state of the flow has changed',
})

/** Updates what Temporal's UI shows. */
export function showFlow(state: FlowState): void {
  setCurrentDetails(flowDetails(state))
}

export function beginRun(state: FlowState, { sync, runId }: PreparedFlow['runs'][number]): void {
  state.running = runId
  state.step = { what: `${state.plans ? 'plans' : 'runs'} ${sync}`, since: Date.now() }
  showFlow(state)
}

type Outcome = (FlowReport | FlowPlan)['outcome']

type FlowEnd = { readonly report: FlowReport | FlowPlan } | { readonly failure: unknown }

/** Reports the end of a run of a flow everywhere. Never rejects. */
export async function endFlow(state: FlowState, prepared: PreparedFlow | undefined, end: FlowEnd): Promise<void> {
  const failure = 'failure' in end ? failureOf(end.failure) : undefined
  const early = 'failure' in end && isCancellation(end.failure) ? 'cancelled' : 'failed'
  state.running = undefined
  if (failure !== undefined) state.failure = { outcome: early, message: failure.message }
  const outcome = 'report' in end ? end.report.outcome : early
  const { runId, flow } = state
  showFlow(state)
  setSearchAttributes(prepared?.searchAttributes ?? (await registeredNow()), {
    SflinkSync: flow,
    SflinkOutcome: outcome,
  })
  const next = flowSteps(state).map(nextStepLine)
  const counts = 'report' in end ? countsOf(end.report) : {}
  upsertMemo({ runId, outcome, ...counts, ...(next.length === 0 ? {} : { next }) })
  logEnd(state, outcome, counts, failure)
  if (!state.plans && prepared?.notifies !== false) await notify(state, outcome, failure)
}

const countsOf = (report: FlowReport | FlowPlan): Readonly<Record<string, number>> => ({
  records: report.records,
  ...('tally' in report ? report.tally : report.verdicts),
})

function logEnd({ runId: run, flow }: FlowState, outcome: string, counts: object, failure: Failure | undefined): void {
  if (failure === undefined) log.info('Flow ended', { run, flow, outcome, ...counts })
  else if (outcome === 'cancelled') log.warn('Flow cancelled', { run, flow })
  else {
    const { type, message } = failure
    log.error('Flow failed', { run, flow, failure: { type, message: failureLine(message) } })
  }
}

/** One notification for all runs of the flow, if they have changed its state. */
async function notify(state: FlowState, outcome: Outcome, failure: Failure | undefined): Promise<void> {
  if (outcome !== 'failed' && outcome !== 'completed' && outcome !== 'completed_with_rejected') return
  const { namespace, workflowId, runId } = workflowInfo()
  const { records, tally, syncs } = flowReportOf(state, Date.now())
  const errors = syncs.map(({ report }) => report.errors).reduce<readonly ErrorCount[]>(mergeRejections, [])
  const end = {
    ...{ sync: state.flow, isFlow: true, runId: state.runId, workflow: { namespace, workflowId, runId }, outcome },
    ...(syncs.length === 0 ? {} : { report: { records, tally, errors } }),
    ...(failure === undefined ? {} : { failure }),
  } as const
  try {
    await CancellationScope.nonCancellable(() => notifyEnd(end))
  } catch (error) {
    const reason = notificationReason(error)
    log.error('Notification of the end of the flow was not sent', { reason })
    state.notificationError = `${reason} The next run of this flow tries again.`
    showFlow(state)
  }
}
