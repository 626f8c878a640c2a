import { workflowInfo } from '@temporalio/workflow'
import type { PreparedLoad } from '../activities/runSettings.ts'
import {
  type PlanRecordsInput,
  type PlanReport,
  planRecordsInputSchema,
} from '../packages/client/contract/planRecords.ts'
import { beginStep } from './advance.ts'
import { earlyEnd, endRun } from './endRun.ts'
import { readableFailure, requireInput } from './failures.ts'
import { notifyDeletions } from './notifyDeletions.ts'
import { files, matchLoad, prepareLoad, runIdOf, type Skipped } from './prepareLoad.ts'
import { RunLeases, type RunningLoad } from './runLeases.ts'
import { answerProgress, flowOfParent, newRunState, type RunState } from './runState.ts'

const results = files('combine the verdicts of all records: plan.csv, plan.report.json')

/**
 * Reports what a load would do to each record, and sends nothing. `syncRecords` applies the plan under the same run id.
 * Fails with an ApplicationFailure whose type names the consequence; the same plan may be made again.
 */
export async function planRecords(input: PlanRecordsInput): Promise<PlanReport> {
  requireInput(planRecordsInputSchema, input, { sync: 'nightly' })
  const state = newRunState(runIdOf(input), workflowInfo().startTime.getTime(), { plans: true, flow: flowOfParent() })
  answerProgress(state)
  const leases = new RunLeases(state)
  try {
    const prepared = await prepareLoad(input, { state, leases })
    const report = 'skipped' in prepared ? await skip(prepared, state) : await plan(prepared, { state, leases })
    await endRun(state, input, { outcome: report.outcome, planned: report })
    return report
  } catch (error) {
    const failure = readableFailure(error)
    await endRun(state, input, earlyEnd(failure))
    throw failure
  }
}

const skip = ({ skipped }: Skipped, { runId }: RunState): Promise<PlanReport> =>
  results.reportSkippedPlan({ runId, skipped, startedAt: workflowInfo().startTime.getTime() })

async function plan(load: PreparedLoad, running: RunningLoad): Promise<PlanReport> {
  const { state } = running
  await notifyDeletions(load, await matchLoad(load, running), state)
  const { settings, staged } = load
  beginStep(state, 'combines the verdicts of all records', { settings, staged, stage: 'aggregating' })
  return await results.aggregatePlan({ runId: state.runId, inlineResults: settings.inlineResults })
}
