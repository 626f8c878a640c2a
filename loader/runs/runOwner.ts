// Who may execute a run, and who may read its results in a report. A caller may give any run id.
import { isDeepStrictEqual } from 'node:util'
import {
  runIdOfWorkflow,
  scheduledTimeOfRun,
  syncOfRun,
  workflowIdOfRun,
} from '../../packages/client/contract/names.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { BEGUN_FILE, STAGED_FILE } from '../protocol/layout.ts'
import { readJsonIfThere, writeJson } from '../protocol/runRecords.ts'
import { RunRejectedError } from '../spec/runRejectedError.ts'
import type { RunStore } from '../storage/runStore.ts'

/** The workflow that executes a run. */
export type RunExecution = {
  readonly runId: string
  readonly workflowId: string
  /** When it was started, by the clock of Temporal's server. Epoch milliseconds. */
  readonly at: number
}

/** The clocks of Temporal's servers differ a little. Milliseconds. */
const CLOCK_TOLERANCE = 10_000

/**
 * Throws RunRejectedError for a run of a configured sync that another workflow executes, or for which a schedule's time has not
 * come: its schedule or its service would find the run completed, with records of someone else.
 */
export function rejectForeignRun({ runId, workflowId, at }: RunExecution, syncNames: readonly string[]): void {
  const sync = syncOfRun(runId)
  if (sync === undefined || !syncNames.includes(sync)) return
  if (runIdOfWorkflow(workflowId) !== runId) {
    throw new RunRejectedError(`Run ${runId}`, [
      `it is a run of the sync ${sync}, which only the workflow ${workflowIdOfRun(runId)} executes; nothing was loaded. Start that workflow, or give the load another run id`,
    ])
  }
  rejectEarlyRun({ runId, at })
}

/** Throws RunRejectedError for a run for which a schedule's time has not come. */
export function rejectEarlyRun({ runId, at }: Pick<RunExecution, 'runId' | 'at'>): void {
  const time = scheduledTimeOfRun(runId)
  if (time === undefined || time <= at + CLOCK_TOLERANCE) return
  throw new RunRejectedError(`Run ${runId}`, [
    'its name belongs to a start of the schedule at a time that has not come; nothing was loaded. Give the load another label',
  ])
}

/** What a run of `planRecords` plans. */
export type BegunPlan = {
  /** The sync that the caller named. */
  readonly sync?: string
  /** That sync as it was configured then. */
  readonly configured?: SyncSpec
}

type Begun = {
  readonly runId: string
  readonly workflowId: string
  readonly inlineResults: boolean
  /** Absent for a load. */
  readonly plan?: BegunPlan
}

/** undefined before a workflow has begun the run. */
export const readBegun = (store: RunStore): Promise<Begun | undefined> => readJsonIfThere<Begun>(store, BEGUN_FILE)

type Asked = {
  /** Absent for a load. */
  readonly plan?: BegunPlan
  /** Whether the workflow applies the plan that the run is. */
  readonly appliesPlan: boolean
  /** What the input asks for. */
  readonly inlineResults: boolean | null | undefined
  readonly byDefault: boolean
}

/**
 * Records which workflow begins the run, and decides whether this workflow's report carries the results. Only the workflow that began
 * the run gets them, and only if it asked for them then: the run id alone gives no one the results of another caller.
 * Throws RunRejectedError when the input asks for results that it does not get.
 */
export async function beginOrJoin(
  store: RunStore,
  { runId, workflowId }: Pick<RunExecution, 'runId' | 'workflowId'>,
  { inlineResults, byDefault, plan, appliesPlan }: Asked,
): Promise<boolean> {
  const mine: Begun = { runId, workflowId, inlineResults: inlineResults ?? byDefault, ...present({ plan }) }
  const isStaged = (await store.size(STAGED_FILE)) !== undefined
  if (!isStaged) await store.writeOnce(BEGUN_FILE, `${JSON.stringify(mine)}\n`)
  const begun = await readBegun(store)
  if (begun !== undefined && begun.runId !== runId) throw differsInCase(runId, begun.runId)
  if (plan === undefined && begun?.plan !== undefined && !appliesPlan) throw isPlan(runId)
  if (plan !== undefined && begun?.plan === undefined) throw isLoad(runId)
  const isOwn = begun?.workflowId === workflowId
  // What it asks for may change while it has read no source.
  const now: Begun = { ...mine, ...present({ plan: plan ?? begun?.plan }) }
  if (isOwn && !isStaged && !isDeepStrictEqual(begun, now)) await writeJson(store, BEGUN_FILE, now)
  const getsResults = isOwn && (begun.inlineResults || !isStaged)
  if (inlineResults === true && !getsResults) {
    const owner = begun === undefined ? 'another workflow' : `the workflow ${begun.workflowId}`
    throw new RunRejectedError(`Run ${runId}`, [
      `${owner} began it, and only a workflow that began a run with inlineResults gets its results inline; set inlineResults to false, or give this load another run id`,
    ])
  }
  return mine.inlineResults && getsResults
}

const isPlan = (runId: string): RunRejectedError =>
  new RunRejectedError(`Run ${runId}`, [
    `it is a plan, and nothing of it was sent; apply it: sflink sync run --plan ${runId}`,
  ])

const isLoad = (runId: string): RunRejectedError =>
  new RunRejectedError(`Run ${runId}`, ['this run id belongs to a load; give the plan another id'])

/** On a file system that ignores the case of letters both are one directory. */
function differsInCase(runId: string, other: string): RunRejectedError {
  return new RunRejectedError(`Run ${runId}`, [
    `the run store has the run ${other}, and its file system does not tell them apart; give this load another id`,
  ])
}
