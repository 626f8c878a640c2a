import {
  CancellationScope,
  ChildWorkflowCancellationType,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import type { PreparedFlow } from '../activities/flows.ts'
import { flowRunNameOf } from '../packages/client/contract/names.ts'
import type { PlanReport } from '../packages/client/contract/planRecords.ts'
import {
  type FlowPlan,
  type FlowReport,
  type RunFlowInput,
  runFlowInputSchema,
} from '../packages/client/contract/runFlow.ts'
import type { RunReport } from '../packages/client/contract/runReport.ts'
import { beginRun, endFlow, showFlow } from './endFlow.ts'
import { childFailure, readableFailure, requireInput } from './failures.ts'
import { answerFlowProgress, type FlowState, flowPlanOf, flowReportOf, newFlowState } from './flowState.ts'
import { asSummary } from './page/summaries.ts'
import type { planRecords } from './planRecords.ts'
import { PREPARE } from './policies.ts'
import type { syncRecords } from './syncRecords.ts'
import { scheduledTime } from './waitForSource.ts'

const { prepareFlow } = proxyActivities<Activities>({ ...PREPARE, summary: 'validate the flow and all of its syncs' })

/**
 * Loads the syncs of a flow one after the other, each as a workflow of its own, or takes back what a run of the flow has written.
 * Records of one sync find their parents in the runs before. A run of the same workflow id continues: syncs that have completed do not
 * run again. Fails with the failure of the first sync that fails; rejected records do not stop the flow.
 */
export async function runFlow(input: RunFlowInput): Promise<FlowReport> {
  return await inFlow(input, false, flowReportOf)
}

/** Plans the syncs of a flow one after the other, and sends nothing. A parent that would be created is named by its row. */
export async function planFlow(input: RunFlowInput): Promise<FlowPlan> {
  return await inFlow(input, true, flowPlanOf)
}

async function inFlow<Report extends FlowReport | FlowPlan>(
  input: RunFlowInput,
  plans: boolean,
  reportOf: (state: FlowState, now: number) => Report,
): Promise<Report> {
  requireInput(runFlowInputSchema, input, { flow: 'campaign' })
  const { workflowId, startTime } = workflowInfo()
  const { runId = workflowId } = flowRunNameOf(workflowId) ?? {}
  const facts = { runId, flow: input.flow, plans, undoOf: input.undoOf ?? undefined, startedAt: startTime.getTime() }
  const state = newFlowState(facts)
  answerFlowProgress(state)
  showFlow(state)
  let prepared: PreparedFlow | undefined
  try {
    prepared = await prepareFlow({ ...input, ...timeOf(input), plans })
    state.runs = prepared.runs
    for (const run of prepared.runs) await execute(run, state)
    const report = reportOf(state, Date.now())
    await endFlow(state, prepared, { report })
    return report
  } catch (error) {
    const failure = readableFailure(error)
    await endFlow(state, prepared, { failure })
    throw failure
  }
}

/** All syncs of a run get one time. */
function timeOf({ scheduledTime: given }: RunFlowInput): Pick<RunFlowInput, 'scheduledTime'> {
  const time = scheduledTime({ scheduledTime: given ?? null })
  return time === undefined ? {} : { scheduledTime: time }
}

type Run = PreparedFlow['runs'][number]

async function execute(run: Run, state: FlowState): Promise<void> {
  const { runId, report: before } = run
  if (before !== undefined) {
    state.reports.set(runId, before)
    return
  }
  beginRun(state, run)
  const report = await child(run, state)
  state.reports.set(runId, report)
  state.running = undefined
  showFlow(state)
}

async function child(run: Run, state: FlowState): Promise<RunReport | PlanReport> {
  const { sync, runId, workflowId } = run
  const { runs, flow, plans } = state
  const place = `${runs.indexOf(run) + 1} of ${runs.length}`
  const options = {
    workflowId,
    memo: { runId },
    // A run that is cancelled keeps the results of what it has sent, also when someone terminates the flow.
    cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    staticSummary: asSummary(`${plans ? 'plan: ' : ''}${sync}, ${place} of the flow ${flow}`),
  }
  const input = inputOf(run, state)
  try {
    return plans
      ? await executeChild<typeof planRecords>('planRecords', { ...options, args: [input] })
      : await executeChild<typeof syncRecords>('syncRecords', { ...options, args: [input] })
  } catch (error) {
    if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error
    throw childFailure(error, `Sync ${sync}, ${place} of the flow ${flow}`, runId)
  }
}

/** The input of a run, with the runs before that have written the parents of its records. */
function inputOf({ input, parents }: Run, { runs, reports }: FlowState): NonNullable<Run['input']> {
  if (parents.length === 0) return input ?? {}
  const ofParents = parents.map(sync => {
    const runId = runs.find(run => run.sync === sync)?.runId ?? ''
    // A sync whose source has not changed loads nothing: its records are those of the run before.
    return [sync, reports.get(runId)?.skipped?.loadedBy ?? runId] as const
  })
  const { spec, ...others } = input ?? {}
  const given = spec?.['parentRuns'] as Readonly<Record<string, string>> | undefined
  return { ...others, spec: { ...spec, parentRuns: { ...given, ...Object.fromEntries(ofParents) } } }
}
