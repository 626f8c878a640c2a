// Which plan a run applies: the run store has its spec, its source and its verdicts.
import { isDeepStrictEqual } from 'node:util'
import type { PlanReport } from '../../packages/client/contract/planRecords.ts'
import type { RunReport } from '../../packages/client/contract/runReport.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import type { SyncRecordsInput } from '../../packages/client/contract/syncRecords.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { PLAN_FILE, PLAN_REPORT_FILE, REPORT_FILE } from '../protocol/layout.ts'
import { type PlannedRun, readJsonIfThere, readSpec } from '../protocol/runRecords.ts'
import { RunRejectedError } from '../spec/runRejectedError.ts'
import type { Dependencies } from '../step.ts'
import type { RunStore, RunStores } from '../storage/runStore.ts'
import type { EarlierLoad } from './earlierLoad.ts'
import { isMarkedRemoved } from './removedRuns.ts'
import { readRunDocuments, type StartedExecution } from './runDocuments.ts'
import { type BegunPlan, readBegun } from './runOwner.ts'

type GivenPlan = SyncRecordsInput & { readonly plan: string }

/**
 * Returns what the plan loads. Throws RunRejectedError unless the run is a plan that was completed and not applied, of a sync that is
 * still configured as it was. A plan whose load has begun continues, whatever the configuration says now.
 */
export async function planToApply(
  { sync, runStores }: Pick<Dependencies, 'sync' | 'runStores'>,
  input: GivenPlan,
): Promise<EarlierLoad> {
  const { plan: runId } = input
  const store = runStores.open(runId)
  const planned = await completedPlan(runStores, input)
  if (!(await hasBegunToLoad(store))) {
    rejectChanged(runId, planned, sync)
    await rejectPlannedParents(store, runId)
  }
  return { ...present({ sync: planned.sync }), spec: await readSpec(store) }
}

/** What was planned. Throws RunRejectedError unless the run store has a plan that was completed and not applied. */
export async function completedPlan(runStores: RunStores, input: GivenPlan): Promise<BegunPlan> {
  const { plan: runId, sync: given } = input
  rejectBeside(input)
  if (await isMarkedRemoved(runStores, runId)) {
    throw rejected(runId, `its files were removed from ${runStores.location}; plan again: sflink sync plan NAME`)
  }
  const store = runStores.open(runId)
  const begun = await readBegun(store)
  if (begun === undefined) {
    throw rejected(runId, `there is no such run in ${runStores.location}; plan again: sflink sync plan NAME`)
  }
  const { plan } = begun
  if (plan === undefined) {
    throw rejected(
      runId,
      `this run is a load and not a plan; give a run of sflink sync plan. To continue a load: sflink sync resume ${runId}`,
    )
  }
  if (given != null && given !== plan.sync) {
    const own = plan.sync === undefined ? 'a whole spec' : `the sync ${plan.sync}`
    throw rejected(runId, `it is a plan of ${own}, not of ${given}; leave the name out, or give its own`)
  }
  await rejectUnfinished(store, runId, againOf(plan))
  return plan
}

const againOf = ({ sync = 'NAME' }: BegunPlan): string => `plan again: sflink sync plan ${sync}`

/** Whether a workflow has begun to load a run: for a plan, to apply it. */
export async function hasBegunToLoad(store: RunStore): Promise<boolean> {
  const { executions } = await readRunDocuments(store, { whole: true })
  return executions.some(({ started }) => started !== undefined && (started as StartedExecution).plans !== true)
}

function rejectBeside({ spec, scheduledTime, timeZone }: SyncRecordsInput): void {
  const given = Object.entries({ spec, scheduledTime, timeZone }).filter(([, value]) => value != null)
  if (given.length === 0) return
  const names = given.map(([key]) => key).join(' and ')
  throw new RunRejectedError('The input of syncRecords', [
    `${names} is given beside plan, which has the spec and the source already; leave out ${names}, or make a new plan with it`,
  ])
}

async function rejectUnfinished(store: RunStore, runId: string, again: string): Promise<void> {
  const planned = await readJsonIfThere<PlanReport>(store, PLAN_REPORT_FILE)
  if (planned === undefined) throw rejected(runId, `the plan was not completed, and nothing was sent; ${again}`)
  if (planned.skipped !== undefined) throw rejected(runId, `there is nothing to apply. ${planned.skipped.message}`)
  const report = await readJsonIfThere<RunReport>(store, REPORT_FILE)
  if (report === undefined || report.outcome === 'failed' || report.outcome === 'cancelled') return
  throw rejected(
    runId,
    `it was applied on ${report.finishedAt.replace('T', ' ')} UTC, and a plan is applied once; see its results: sflink sync results ${runId}, or ${again}`,
  )
}

/** Its lines name parents that do not exist yet. */
async function rejectPlannedParents(store: RunStore, runId: string): Promise<void> {
  const { plannedParents = [], spec } = (await readJsonIfThere<PlannedRun>(store, PLAN_FILE)) ?? {}
  if (plannedParents.length === 0) return
  const plans = plannedParents.map(sync => spec?.parentRuns?.[sync]).join(', ')
  throw rejected(
    runId,
    `its parents are those of a plan (${plans}) and have no Ids yet, so it is for reading only; run the flow of both syncs: sflink flow list`,
  )
}

/** The sync may have been corrected because of what the plan showed. */
function rejectChanged(runId: string, plan: BegunPlan, sync: Dependencies['sync']): void {
  const { sync: name, configured } = plan
  const again = againOf(plan)
  if (name === undefined || configured === undefined) return
  const now = sync(name)
  if (now === undefined) throw rejected(runId, `its sync ${name} is no longer in the worker's configuration; ${again}`)
  const keys = [...new Set([...Object.keys(configured), ...Object.keys(now)])] as (keyof SyncSpec)[]
  const changed = keys.filter(key => !isDeepStrictEqual(configured[key], now[key]))
  if (changed.length === 0) return
  throw rejected(runId, `the sync ${name} has changed since it was planned (${changed.join(', ')}); ${again}`)
}

const rejected = (runId: string, problem: string): RunRejectedError => new RunRejectedError(`Plan ${runId}`, [problem])
