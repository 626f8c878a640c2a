// The outcome of a run, from the small documents in its run store.

import { syncOfRun } from '../../packages/client/contract/names.ts'
import { RUN_OUTCOMES } from '../../packages/client/contract/operations.ts'
import { type PlanReport, planReportSchema } from '../../packages/client/contract/planRecords.ts'
import type { RunReport, Tally } from '../../packages/client/contract/runReport.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import type { VerdictCounts } from '../../packages/client/contract/verdicts.ts'
import { EMPTY_TALLY } from '../results/tally.ts'
import type { EndedExecution, StartedExecution } from './runDocuments.ts'
import type { StoredRunState } from './runStates.ts'

/** Absent facts are not known. */
export type RunSummary = {
  readonly runId: string
  readonly state: StoredRunState
  readonly sync?: string
  readonly connection?: string
  readonly object?: string
  /** UTC, `YYYY-MM-DDTHH:mm:ss`. */
  readonly startedAt?: string
  readonly finishedAt?: string
  readonly records?: number
  readonly tally?: Tally
  /** Present while the run is a plan that was not applied. */
  readonly plans?: true
  /** Of such a plan. */
  readonly verdicts?: VerdictCounts
  /** Why the run failed, or what is wrong with its directory. */
  readonly note?: string
  /** Ids of the workflows that have worked on it, the latest last. */
  readonly workflowIds: readonly string[]
}

type Documents = {
  readonly report?: unknown
  readonly planReport?: unknown
  readonly executions: readonly { readonly started?: unknown; readonly ended?: unknown }[]
  readonly unreadable: readonly string[]
}

export function summaryOfRun(runId: string, documents: Documents): RunSummary {
  const executions = documents.executions.filter(isExecution).toSorted(byStart)
  const report = isReport(documents.report) ? documents.report : undefined
  const plans = executions.length > 0 && executions.every(({ started }) => started.plans === true)
  const named = { ...namesOf(runId, executions[0]?.started, report), workflowIds: workflowIdsOf(executions) }
  const known = { ...named, ...(plans && { plans }) }
  const problem = problemOf(documents, executions.length)
  if (problem !== undefined) return { runId, ...known, ...problem }
  const facts = {
    runId,
    ...known,
    ...(report === undefined ? {} : { records: report.records, tally: report.tally }),
  }
  const startedAt = executions[0]?.started.startedAt ?? report?.startedAt
  const started = startedAt === undefined ? {} : { startedAt }
  const last = executions.at(-1)
  if (plans && isPlanReport(documents.planReport)) {
    const { outcome, finishedAt, records, verdicts } = documents.planReport
    return { ...facts, ...started, state: outcome, finishedAt, records, verdicts }
  }
  // A resumed run has the report of its earlier end until it writes its own.
  if (report !== undefined && !isOpen(report, last)) {
    return { ...facts, ...started, state: report.outcome, finishedAt: report.finishedAt }
  }
  const ended = last?.ended
  if (ended !== undefined) {
    const { outcome, finishedAt, failure } = ended
    return { ...facts, ...started, state: outcome, finishedAt, ...(failure && { note: failure.message }) }
  }
  if (report !== undefined && executions.length === 0) {
    return { ...facts, ...started, state: report.outcome, finishedAt: report.finishedAt }
  }
  return { ...facts, ...started, state: 'unfinished' }
}

type Execution = { readonly started: StartedExecution; readonly ended?: EndedExecution }

/** Whether the run may have been resumed after this report. A run that loaded all of its records is never resumed. */
function isOpen({ outcome, finishedAt }: RunReport, last: Execution | undefined): boolean {
  if (outcome !== 'skipped') return outcome === 'failed' || outcome === 'cancelled'
  return last !== undefined && last.started.startedAt > finishedAt
}

function problemOf(documents: Documents, executions: number): Pick<RunSummary, 'state' | 'note'> | undefined {
  const { unreadable, report } = documents
  if (unreadable.length > 0) return { state: 'damaged', note: unreadable.join('; ') }
  if (report !== undefined && !isReport(report))
    return { state: 'damaged', note: 'report.json: not of the form of a report' }
  if (executions < documents.executions.length)
    return { state: 'damaged', note: 'executions: not of the form that runs write' }
  if (executions === 0 && report === undefined) return { state: 'foreign', note: 'no run has written this directory' }
  return undefined
}

function namesOf(runId: string, started: StartedExecution | undefined, report: RunReport | undefined) {
  const { connection, object } = started ?? report ?? {}
  return present({ sync: started === undefined ? syncOfRun(runId) : started.sync, connection, object })
}

const workflowIdsOf = (executions: readonly Execution[]): readonly string[] => [
  ...new Set(executions.map(({ started }) => started.workflowId)),
]

/** Orders runs by their start; the ids of those of one second sort by time. */
export function compareStarts(
  a: Pick<RunSummary, 'runId' | 'startedAt'>,
  b: Pick<RunSummary, 'runId' | 'startedAt'>,
): number {
  return compareTexts(a.startedAt ?? '', b.startedAt ?? '') || compareTexts(a.runId, b.runId)
}

const compareTexts = (a: string, b: string): number => Number(a > b) - Number(a < b)

const byStart = ({ started: a }: Execution, { started: b }: Execution): number => compareTexts(a.startedAt, b.startedAt)

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null

const hasTexts = (value: unknown, ...names: readonly string[]): value is Fields =>
  isFields(value) && names.every(name => typeof value[name] === 'string')

function isExecution(execution: { readonly started?: unknown; readonly ended?: unknown }): execution is Execution {
  const { started, ended } = execution
  if (!hasTexts(started, 'workflowId', 'connection', 'object', 'startedAt')) return false
  return ended === undefined || hasTexts(ended, 'outcome', 'finishedAt')
}

function isReport(report: unknown): report is RunReport {
  if (!hasTexts(report, 'outcome', 'connection', 'object', 'startedAt', 'finishedAt')) return false
  const { outcome, records, tally } = report
  const counts = isFields(tally) ? Object.keys(EMPTY_TALLY).map(name => tally[name]) : []
  const isKnown = RUN_OUTCOMES.some(known => known === outcome)
  return isKnown && [records, ...counts].every(count => typeof count === 'number') && counts.length > 0
}

const isPlanReport = (report: unknown): report is PlanReport => planReportSchema.safeParse(report).success

/** Milliseconds after a run's end. */
export type Retention = {
  /** @default forever */
  readonly completed?: number
  /** Runs that failed, were cancelled or have records in doubt: someone may still resume them. @default forever */
  readonly unfinished?: number
}

/**
 * Whether a run's time has passed.
 * @param isMarked whether its removal has started: such a run can't be resumed any more
 */
export function isOverdue(run: RunSummary, retention: Retention, now: number, isMarked: boolean): boolean {
  if (run.state === 'foreign' || run.state === 'damaged') return isMarked
  const last = Date.parse(`${run.finishedAt ?? run.startedAt}Z`)
  const { completed, unfinished } = retention
  const kept = isThrough(run) ? completed : unfinished
  if (isMarked) return last + (completed ?? unfinished ?? 0) <= now
  return kept !== undefined && last + kept <= now
}

function isThrough({ state, tally, plans }: RunSummary): boolean {
  if (plans) return state === 'planned' || state === 'skipped'
  const isThroughState = state === 'completed' || state === 'completed_with_rejected' || state === 'skipped'
  return isThroughState && tally?.inDoubt === 0
}
