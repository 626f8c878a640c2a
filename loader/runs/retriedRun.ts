// A run that another run continues from: the failed records of an ended run are loaded again.
import { syncOfRun } from '../../packages/client/contract/names.ts'
import type { SyncRecordsInput } from '../../packages/client/contract/syncRecords.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { RETRIED_FILE, SPEC_FILE } from '../protocol/layout.ts'
import { readJsonIfThere, readSpec } from '../protocol/runRecords.ts'
import { rejectForbiddenSync, rejectShorterWait } from '../spec/callerRules.ts'
import { type EarlierRun, earlierRunOf, sourceFrom } from '../spec/earlierRun.ts'
import { RunRejectedError } from '../spec/runRejectedError.ts'
import type { Dependencies } from '../step.ts'
import type { RunStore, RunStores } from '../storage/runStore.ts'
import { isReserved, removalOf } from './removedRuns.ts'
import { readRunDocuments } from './runDocuments.ts'
import { type RunSummary, summaryOfRun } from './runSummary.ts'

/** What a run loads that continues from an earlier one. */
export type EarlierLoad = {
  readonly spec: SyncSpec
  /** The sync of the earlier run. */
  readonly sync?: string
}

/** Keys of the input that the earlier run decides. */
const DECIDED = ['spec', 'scheduledTime', 'timeZone'] as const satisfies readonly (keyof SyncRecordsInput)[]

/**
 * Resolves the load of an input with `retryOf`: the spec of the earlier run, for its failed records. A run that was begun before finds
 * its own spec, whether the earlier one still exists or not.
 * Throws RunRejectedError when the earlier run cannot be continued from, when callers may not run its sync, and for keys that it decides.
 */
export async function earlierLoad(
  { runStores, allow, sync }: Pick<Dependencies, 'runStores' | 'allow' | 'sync'>,
  input: SyncRecordsInput & { readonly runId: string },
  earlier: EarlierRun,
): Promise<EarlierLoad> {
  rejectDecidedKeys(input)
  const own = await readJsonIfThere<SyncSpec>(runStores.open(input.runId), SPEC_FILE)
  const isBegun = own !== undefined && earlierRunOf(own.source)?.runId === earlier.runId
  const load = isBegun
    ? { spec: own, ...nameOf(earlier.runId) }
    : await retryLoad(runStores, earlier.runId, input.runId)
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
  if (input.inlineResults === true)
    problems.push('inlineResults: the results of a retry are in its files only; leave it out')
  if (problems.length > 0) throw new RunRejectedError('The input of syncRecords with retryOf', problems)
}

const nameOf = (runId: string): Pick<EarlierLoad, 'sync'> => {
  const sync = syncOfRun(runId)
  return sync === undefined ? {} : { sync }
}

/**
 * The load of the failed records of a run. @param by the run that loads them; undefined while it has no name
 * Throws RunRejectedError when the run is not known, has not ended, or has nothing to load again.
 */
export async function retryLoad(runStores: RunStores, runId: string, by?: string): Promise<EarlierLoad> {
  const store = runStores.open(runId)
  const problem = retryProblem(await earlierSummary(runStores, runId)) ?? (await retriedProblem(store, by))
  if (problem !== undefined) throw new RunRejectedError(`Run ${runId}`, [problem])
  const { maxRejected: _, ...spec } = await readSpec(store)
  return { spec: { ...spec, source: sourceFrom({ kind: 'retry', runId }, spec.source) }, ...nameOf(runId) }
}

/** Throws RunRejectedError when the run store does not have the run. */
async function earlierSummary(runStores: RunStores, runId: string): Promise<RunSummary> {
  const store = runStores.open(runId)
  const removal = isReserved(runId) ? undefined : await removalOf(runStores, runId)
  if (removal !== undefined) {
    throw new RunRejectedError(`Run ${runId}`, [
      `its files were removed from ${runStores.location}, so its failed records are not known any more; load the corrected source as a new run`,
    ])
  }
  const summary = summaryOfRun(runId, await readRunDocuments(store))
  if (summary.state !== 'foreign' && !isReserved(runId)) return summary
  throw new RunRejectedError(`Run ${runId}`, [
    `there is no such run in ${runStores.location}; list the runs: sflink runs list`,
  ])
}

/** Why the failed records of a run cannot be loaded again. */
function retryProblem({ runId, state, note, tally, records }: RunSummary): string | undefined {
  switch (state) {
    case 'completed_with_rejected':
      return undefined
    case 'completed':
      return `all of its ${records} records were loaded (${tally?.created} created, ${tally?.updated} updated), so there is nothing to load again; see its results: sflink sync results ${runId}`
    case 'skipped':
      return 'it loaded nothing, so no record has failed; start the sync again'
    case 'failed':
    case 'cancelled':
      return `it ${state === 'failed' ? 'failed' : 'was cancelled'} before every record was sent; resume it (sflink sync resume ${runId}); what is rejected then can be loaded again`
    case 'planned':
      return `it is a plan, and nothing of it was sent; apply it: sflink sync run --plan ${runId}`
    case 'damaged':
      return `its files are damaged (${note}); load the rejected rows as a new run`
    case 'unfinished':
    case 'foreign':
    case 'removing':
      return `it has not ended; follow it: sflink sync status ${runId} --follow (if its workflow was terminated: sflink sync resume ${runId})`
  }
}

type Retried = { readonly runId: string }

async function retriedProblem(store: RunStore, by: string | undefined): Promise<string | undefined> {
  const retried = await readJsonIfThere<Retried>(store, RETRIED_FILE)
  if (retried === undefined || retried.runId === by) return undefined
  return `the run ${retried.runId} loads its failed records already, and another one would load them twice; see it: sflink runs show ${retried.runId}`
}

/** Records in the earlier run which run loads its failed records. Throws RunRejectedError when another one was first. */
export async function claimEarlier(runStores: RunStores, spec: SyncSpec, runId: string): Promise<void> {
  const earlier = earlierRunOf(spec.source)
  if (earlier === undefined) return
  const store = runStores.open(earlier.runId)
  if ((await store.size(SPEC_FILE)) === undefined) return
  await store.writeOnce(RETRIED_FILE, `${JSON.stringify({ runId } satisfies Retried)}\n`)
  const problem = await retriedProblem(store, runId)
  if (problem !== undefined) throw new RunRejectedError(`Run ${earlier.runId}`, [problem])
}

function otherSync(runId: string, sync: string | undefined, given: string): RunRejectedError {
  return new RunRejectedError(`Run ${runId}`, [
    `it is ${sync === undefined ? 'a run of no sync' : `a run of the sync ${sync}`}, not of ${given}; leave sync out, or name its own`,
  ])
}
