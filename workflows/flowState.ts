// The state of a run of a flow inside its workflow, and what is derived from it.
import { defineQuery, setHandler } from '@temporalio/workflow'
import type { PreparedFlow } from '../activities/flows.ts'
import { addTallies, EMPTY_TALLY } from '../loader/results/tally.ts'
import { PROGRESS_QUERY } from '../packages/client/contract/names.ts'
import type { PlanReport } from '../packages/client/contract/planRecords.ts'
import type { FlowPlan, FlowProgress, FlowReport } from '../packages/client/contract/runFlow.ts'
import type { RunReport } from '../packages/client/contract/runReport.ts'
import { VERDICTS, type VerdictCounts } from '../packages/client/contract/verdicts.ts'
import { utcSeconds } from './runState.ts'

const progressQuery = defineQuery<FlowProgress>(PROGRESS_QUERY)

type AnyReport = RunReport | PlanReport

export type FlowState = {
  /** `campaign.2026-11-25` */
  readonly runId: string
  readonly flow: string
  readonly plans: boolean
  readonly undoOf: string | undefined
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  runs: PreparedFlow['runs']
  /** By the id of the run. */
  readonly reports: Map<string, AnyReport>
  /** The run in progress. */
  running: string | undefined
  step: { readonly what: string; readonly since: number }
  failure: { readonly outcome: 'cancelled' | 'failed'; readonly message: string } | undefined
  /** Why the notification of the end was not sent. */
  notificationError: string | undefined
}

export function newFlowState(facts: Pick<FlowState, 'runId' | 'flow' | 'plans' | 'undoOf' | 'startedAt'>): FlowState {
  return {
    ...facts,
    runs: [],
    reports: new Map(),
    running: undefined,
    step: { what: 'validates the flow and all of its syncs', since: facts.startedAt },
    failure: undefined,
    notificationError: undefined,
  }
}

/** Answers how far the flow is, from here on. */
export function answerFlowProgress(state: FlowState): void {
  setHandler(progressQuery, () => flowProgressOf(state), {
    description: 'How far the flow is; each of its runs has a progress of its own.',
  })
}

export function flowProgressOf({ runId, flow, runs, reports, running, step }: FlowState): FlowProgress {
  return {
    runId,
    flow,
    syncs: runs.map(run => {
      const report = reports.get(run.runId)
      const idle = run.runId === running ? 'running' : 'waiting'
      return {
        sync: run.sync,
        runId: run.runId,
        state: report?.outcome ?? idle,
        ...(report === undefined ? {} : { records: report.records }),
        ...(report !== undefined && 'tally' in report ? { tally: report.tally } : {}),
      }
    }),
    step: { what: step.what, since: utcSeconds(step.since) },
  }
}

/** Kinds of errors of each sync in the report of a flow, which must fit into a Temporal payload; the reports of its runs have all. */
const ERRORS = 20

/** Whether the run is a load of its own, and not a plan. */
const isRunReport = (report: AnyReport): report is RunReport => 'tally' in report

const isPlanReport = (report: AnyReport): report is PlanReport => 'verdicts' in report

export function flowReportOf(state: FlowState, now: number): FlowReport {
  const syncs = reportsOf(state, isRunReport)
  const reports = syncs.map(({ report }) => report)
  return {
    ...factsOf(state),
    outcome: outcomeOf(reports),
    records: recordsOf(reports),
    tally: reports.map(({ tally }) => tally).reduce(addTallies, EMPTY_TALLY),
    syncs,
    startedAt: utcSeconds(state.startedAt),
    finishedAt: utcSeconds(now),
  }
}

export function flowPlanOf(state: FlowState, now: number): FlowPlan {
  const syncs = reportsOf(state, isPlanReport)
  const reports = syncs.map(({ report }) => report)
  return {
    ...factsOf(state),
    outcome: reports.every(({ outcome }) => outcome === 'skipped') ? 'skipped' : 'planned',
    records: recordsOf(reports),
    verdicts: verdictsOf(reports),
    syncs,
    startedAt: utcSeconds(state.startedAt),
    finishedAt: utcSeconds(now),
  }
}

function factsOf({ runId, flow, undoOf }: FlowState) {
  return { runId, flow, ...(undoOf === undefined ? {} : { undoOf }) }
}

function reportsOf<Report extends AnyReport>(
  { runs, reports }: FlowState,
  isOne: (report: AnyReport) => report is Report,
): readonly { readonly sync: string; readonly report: Report }[] {
  return runs.flatMap(({ sync, runId }) => {
    const report = reports.get(runId)
    return report !== undefined && isOne(report)
      ? [{ sync, report: { ...report, errors: report.errors.slice(0, ERRORS) } }]
      : []
  })
}

const recordsOf = (reports: readonly AnyReport[]): number => reports.reduce((sum, { records }) => sum + records, 0)

function outcomeOf(reports: readonly RunReport[]): FlowReport['outcome'] {
  if (reports.every(({ outcome }) => outcome === 'skipped')) return 'skipped'
  return reports.some(({ outcome }) => outcome === 'completed_with_rejected') ? 'completed_with_rejected' : 'completed'
}

const verdictsOf = (reports: readonly PlanReport[]): VerdictCounts =>
  Object.fromEntries(
    VERDICTS.map(verdict => [verdict, reports.reduce((sum, { verdicts }) => sum + verdicts[verdict], 0)]),
  ) as VerdictCounts
