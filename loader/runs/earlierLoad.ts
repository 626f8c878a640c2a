// What a run loads that continues from an earlier one: a retry loads its failed records again, an undo takes back what it has written.
import { syncOfRun } from '../../packages/client/contract/names.ts'
import type { RunReport } from '../../packages/client/contract/runReport.ts'
import type { SyncRecordsInput } from '../../packages/client/contract/syncRecords.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { EARLIER_FILES, PLAN_FILE, REPORT_FILE, SPEC_FILE } from '../protocol/layout.ts'
import { type PlannedRun, readJson, readJsonIfThere, readPlan, readSpec } from '../protocol/runRecords.ts'
import { rejectForbiddenSync, rejectShorterWait } from '../spec/callerRules.ts'
import { type EarlierRun, earlierRunOf, sourceFrom, specOfPart } from '../spec/earlierRun.ts'
import { RunRejectedError } from '../spec/runRejectedError.ts'
import { formatsOf } from '../spec/sourceFormats.ts'
import type { Dependencies } from '../step.ts'
import type { RunStore, RunStores } from '../storage/runStore.ts'
import { retryProblem, undoProblem } from './earlierProblems.ts'
import { isReserved, removalOf } from './removedRuns.ts'
import { readRunDocuments } from './runDocuments.ts'
import { type RunSummary, summaryOfRun } from './runSummary.ts'
import { undoSpec } from './undoPlan.ts'

export type EarlierLoad = {
  readonly spec: SyncSpec
  /** The sync of the earlier run. */
  readonly sync?: string
}

/** Keys of the input that the earlier run decides. */
const DECIDED = ['spec', 'scheduledTime', 'timeZone'] as const satisfies readonly (keyof SyncRecordsInput)[]

/**
 * Resolves the load of an input that names an earlier run, by the spec of that run. A run that was begun before finds its own spec,
 * whether the earlier one still exists or not.
 * Throws RunRejectedError when the earlier run cannot be continued from, when callers may not run its sync, and for keys that it decides.
 */
export async function earlierLoad(
  { runStores, allow, sync }: Pick<Dependencies, 'runStores' | 'allow' | 'sync'>,
  input: SyncRecordsInput & { readonly runId: string },
  earlier: EarlierRun,
): Promise<EarlierLoad> {
  rejectDecidedKeys(input)
  const own = await readJsonIfThere<SyncSpec>(runStores.open(input.runId), SPEC_FILE)
  const begun = own === undefined ? undefined : earlierRunOf(own.source)
  const isBegun = begun?.kind === earlier.kind && begun.runId === earlier.runId
  const load =
    isBegun && own !== undefined ? { spec: own, ...nameOf(earlier) } : await newLoad(runStores, earlier, input.runId)
  if (input.sync != null && input.sync !== load.sync) throw otherSync(earlier.runId, load.sync, input.sync)
  rejectForbiddenSync(allow, load.sync)
  const configured = load.sync === undefined ? undefined : sync(load.sync)
  if (!isBegun) rejectShorterWait({ name: load.sync, sync: configured, spec: load.spec })
  return load
}

function rejectDecidedKeys(input: SyncRecordsInput): void {
  const given = DECIDED.filter(key => input[key] != null)
  const problems = given.length === 0 ? [] : [`${given.join(', ')}: the earlier run decides; leave it out`]
  // A run id alone gives no one the results of another caller.
  if (input.inlineResults === true) {
    problems.push('inlineResults: the results are in the files of the run only; leave it out')
  }
  if (problems.length > 0) throw new RunRejectedError('The input of syncRecords with an earlier run', problems)
}

const nameOf = ({ runId }: EarlierRun): Pick<EarlierLoad, 'sync'> => {
  const sync = syncOfRun(runId)
  return sync === undefined ? {} : { sync }
}

/**
 * The load that continues from a run. @param by the run that continues; undefined while it has no name
 * Throws RunRejectedError when the earlier run is not known, has not ended, or there is nothing to continue with.
 */
export async function newLoad(runStores: RunStores, earlier: EarlierRun, by?: string): Promise<EarlierLoad> {
  const { kind, runId } = earlier
  const store = runStores.open(runId)
  const summary = await earlierSummary(runStores, earlier)
  const spec = await readJsonIfThere<SyncSpec>(store, SPEC_FILE)
  const problem = problemOf(kind, summary, spec) ?? (await claimProblem(runStores, earlier, by))
  if (problem !== undefined) throw rejected(runId, problem)
  if (kind === 'undo') return { spec: undoSpec(await readPlan(store), runId), ...nameOf(earlier) }
  const own = await readSpec(store)
  // The copy of the source has the numbers as the run read them.
  const copied = { source: sourceFrom(earlier, own.source), formats: formatsOf(own) }
  return { spec: { ...specOfPart(own), ...copied }, ...nameOf(earlier) }
}

const problemOf = (kind: EarlierRun['kind'], ...facts: Parameters<typeof undoProblem>): string | undefined =>
  kind === 'retry' ? retryProblem(...facts) : undoProblem(...facts)

const LOST = {
  retry: 'its failed records are not known any more; load the corrected source as a new run',
  undo: 'what it has written is not known any more; correct the records in the org by hand',
} as const

/** Throws RunRejectedError when the run store does not have the run. */
async function earlierSummary(runStores: RunStores, { kind, runId }: EarlierRun): Promise<RunSummary> {
  const store = runStores.open(runId)
  const removal = isReserved(runId) ? undefined : await removalOf(runStores, runId)
  if (removal !== undefined)
    throw rejected(runId, `its files were removed from ${runStores.location}, so ${LOST[kind]}`)
  const summary = summaryOfRun(runId, await readRunDocuments(store, { whole: true }))
  if (summary.state !== 'foreign' && !isReserved(runId)) return summary
  throw rejected(runId, `there is no such run in ${runStores.location}; list the runs: sflink runs list`)
}

type Claim = { readonly runId: string }

async function claimProblem(
  runStores: RunStores,
  { kind, runId }: EarlierRun,
  by?: string,
): Promise<string | undefined> {
  const claim = await readJsonIfThere<Claim>(runStores.open(runId), EARLIER_FILES[kind])
  if (claim === undefined || claim.runId === by) return undefined
  const other = claim.runId
  return kind === 'retry'
    ? `the run ${other} loads its failed records already, and another one would load them twice; see it: sflink runs show ${other}`
    : `the run ${other} has undone it already; see it: sflink runs show ${other}, or take that undo back: sflink sync undo ${other}`
}

/**
 * Records in the earlier run which run continues from it. Throws RunRejectedError when another one was first.
 * @param hasBegun whether a workflow has begun to load the run before, and so has claimed the earlier one
 */
export async function claimEarlier(
  runStores: RunStores,
  spec: SyncSpec,
  runId: string,
  hasBegun: boolean,
): Promise<void> {
  const earlier = earlierRunOf(spec.source)
  if (earlier === undefined) return
  const store = runStores.open(earlier.runId)
  // The earlier run was removed since this one was begun.
  if ((await store.size(SPEC_FILE)) === undefined) return
  const file = EARLIER_FILES[earlier.kind]
  await store.writeOnce(file, `${JSON.stringify({ runId } satisfies Claim)}\n`)
  const taken = await claimProblem(runStores, earlier, runId)
  if (taken !== undefined) throw rejected(earlier.runId, taken)
  // An attempt that has claimed the run may have ended before it looked at it.
  if (hasBegun) return
  // A workflow that resumes the earlier run records its start and then looks for the claim. So one of the two sees the other.
  const problem =
    problemOf(earlier.kind, await earlierSummary(runStores, earlier), await readSpec(store)) ??
    (await agedProblem(store, earlier.runId, runStores.open(runId)))
  if (problem === undefined) return
  await store.remove(file)
  throw rejected(earlier.runId, problem)
}

/** Why the plan of an undo cannot be applied: the results that it was made from are not those of the run any more. */
async function agedProblem(store: RunStore, runId: string, own: RunStore): Promise<string | undefined> {
  const planned = await readJsonIfThere<PlannedRun>(own, PLAN_FILE)
  if (planned === undefined) return undefined
  const { finishedAt } = await readJson<RunReport>(store, REPORT_FILE)
  if (Date.parse(`${finishedAt}Z`) <= planned.startedAt) return undefined
  return `it has continued since this plan was made; plan again: sflink sync undo ${runId} --plan`
}

/** Throws RunRejectedError for a run that was undone: it would write again what was taken back. */
export async function rejectUndone(runStores: RunStores, runId: string): Promise<void> {
  const undone = await readJsonIfThere<Claim>(runStores.open(runId), EARLIER_FILES.undo)
  if (undone === undefined) return
  throw rejected(runId, `the run ${undone.runId} has undone it, so it does not continue; start a new run`)
}

const rejected = (runId: string, problem: string): RunRejectedError => new RunRejectedError(`Run ${runId}`, [problem])

function otherSync(runId: string, sync: string | undefined, given: string): RunRejectedError {
  const own = sync === undefined ? 'a run of no sync' : `a run of the sync ${sync}`
  return rejected(runId, `it is ${own}, not of ${given}; leave sync out, or name its own`)
}
