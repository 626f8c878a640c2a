// Whether the runs that wrote the parents of a run's records can be read.
import type { Problem } from '../../packages/client/contract/issues.ts'
import { syncOfRun } from '../../packages/client/contract/names.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import type { SyncPlan } from '../plan/syncPlan.ts'
import { EARLIER_FILES, PLAN_FILE, SPEC_FILE } from '../protocol/layout.ts'
import { parentRunOf, type SyncParents } from '../protocol/parents/syncParents.ts'
import { type PlannedRun, readJsonIfThere } from '../protocol/runRecords.ts'
import { earlierRunOf } from '../spec/earlierRun.ts'
import { parentFields } from '../spec/parentSyncs.ts'
import { RunRejectedError } from '../spec/runRejectedError.ts'
import type { RunStores } from '../storage/runStore.ts'
import { isReserved, removalOf } from './removedRuns.ts'
import { readRunDocuments } from './runDocuments.ts'
import { summaryOfRun } from './runSummary.ts'

type ChildRun = {
  readonly spec: SyncSpec
  /** The sync that the run names. */
  readonly name: string | undefined
  /** Whether the run plans and sends nothing. */
  readonly plans: boolean
}

/**
 * Returns the syncs whose runs are plans: only a plan may have such parents.
 * Throws RunRejectedError when a field takes its parent from a sync of which no run is named, or one that cannot be read.
 */
export async function checkParentRuns(
  runStores: RunStores,
  { spec, name, plans }: ChildRun,
): Promise<readonly string[]> {
  const planned = new Set<string>()
  const problems: string[] = []
  for (const { field, sync } of parentFields(spec, name)) {
    const runId = spec.parentRuns?.[sync]
    if (runId === undefined) {
      problems.push(notNamed(field, sync, name))
      continue
    }
    const problem = await parentProblem(runStores, sync, runId)
    if (problem === undefined) continue
    if (problem !== PLANNED) problems.push(`parentRuns.${sync}: run ${runId} ${problem}`)
    else if (plans) planned.add(sync)
    else problems.push(`parentRuns.${sync}: run ${runId} is a plan, so its records have no Ids; ${applied(runId)}`)
  }
  for (const sync of otherRuns(spec, name)) {
    const runId = spec.parentRuns?.[sync] ?? ''
    const problem = await parentProblem(runStores, sync, runId)
    if (!plans) problems.push(`parentRuns.${sync}: no field takes its parent from the sync ${sync}; leave it out`)
    else if (problem === PLANNED) planned.add(sync)
    else if (problem !== undefined) problems.push(`parentRuns.${sync}: run ${runId} ${problem}`)
  }
  if (problems.length > 0) throw new RunRejectedError(name === undefined ? 'The load' : `Sync ${name}`, problems)
  return [...planned]
}

/** Runs of syncs that no field names. A plan has them for its lookups: the org does not have yet what these would create. */
function otherRuns(spec: SyncSpec, name: string | undefined): readonly string[] {
  const named = parentFields(spec, name).map(({ sync }) => sync)
  return Object.keys(spec.parentRuns ?? {}).filter(sync => !named.includes(sync))
}

const PLANNED = 'planned'

const applied = (runId: string): string => `apply it first: sflink sync run --plan ${runId}`

const notNamed = (field: string, sync: string, name = 'NAME'): string =>
  `${field} has its parents in the sync ${sync}, and no run of it is named; name one: sflink sync run ${name} --parents ${sync}=RUN, or run a flow with both syncs: sflink flow list`

/** Why the parents of a run cannot be read; `PLANNED` for a plan that was not applied. */
async function parentProblem(runStores: RunStores, sync: string, runId: string): Promise<string | undefined> {
  const store = runStores.open(runId)
  const removal = isReserved(runId) ? undefined : await removalOf(runStores, runId)
  if (removal !== undefined)
    return 'was removed from the run store, so its Ids are not known; find the parents by lookup'
  const { state, note, plans, sync: own } = summaryOfRun(runId, await readRunDocuments(store, { whole: true }))
  if (state === 'foreign' || isReserved(runId))
    return `is not in ${runStores.location}; list the runs: sflink runs list`
  if (own !== sync && syncOfRun(runId) !== sync)
    return `is ${own === undefined ? 'of no sync' : `a run of the sync ${own}`}; name a run of ${sync}`
  const undone = await readJsonIfThere<{ readonly runId: string }>(store, EARLIER_FILES.undo)
  if (undone !== undefined) return `was undone by run ${undone.runId}, so its records are gone; name a later run`
  const spec = await readJsonIfThere<SyncSpec>(store, SPEC_FILE)
  const earlier = spec === undefined ? undefined : earlierRunOf(spec.source)
  if (earlier?.kind === 'retry')
    return `loads failed records of run ${earlier.runId} again; name that run, which counts them too`
  if (earlier?.kind === 'undo') return `undoes run ${earlier.runId}; name a run that loads`
  switch (state) {
    case 'completed':
    case 'completed_with_rejected':
      return undefined
    case 'skipped':
      return plans ? PLANNED : undefined
    case 'planned':
      return PLANNED
    case 'failed':
    case 'cancelled':
      return `${state === 'failed' ? 'failed' : 'was cancelled'} before every record was sent; resume it: sflink sync resume ${runId}`
    case 'damaged':
      return `is damaged (${note}); name another run`
    case 'unfinished':
    case 'removing':
      return `has not ended; follow it: sflink sync status ${runId} --follow`
  }
}

/** Compares the parents with the org of a run and with its lookup fields. Each path leads into the spec. */
export async function parentProblems(
  runStores: RunStores,
  { plan, ...run }: Pick<PlannedRun, 'spec' | 'organizationId' | 'plannedParents'> & { readonly plan: SyncPlan },
): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  for (const field of plan.fields) {
    const parents = parentRunOf(field, run)
    if (parents === undefined) continue
    const message = await fieldProblem(runStores, run.organizationId, field.target.referenceTo, parents)
    if (message !== undefined) problems.push({ path: ['fields', field.name], message })
  }
  return problems
}

async function fieldProblem(
  runStores: RunStores,
  org: string | undefined,
  referenceTo: readonly string[],
  { runId, mapping: { sync } }: SyncParents,
): Promise<string | undefined> {
  const parents = await readJsonIfThere<PlannedRun>(runStores.open(runId), PLAN_FILE)
  // A run that was skipped before it was planned has no records.
  if (parents === undefined) return undefined
  if (parents.organizationId !== org)
    return `run ${runId} of the sync ${sync} has loaded another org (${parents.organizationId}, not ${org}); give both syncs one org`
  return objectProblem(referenceTo, sync, parents.plan.object)
}

/** Why records of an object are no parents of a field. @param sync that loads them */
export function objectProblem(referenceTo: readonly string[], sync: string, object: string): string | undefined {
  if (referenceTo.includes(object)) return undefined
  return `it refers to ${referenceTo.join(', ')}, and the sync ${sync} loads ${object}; take the parents from another sync, or map another field`
}
