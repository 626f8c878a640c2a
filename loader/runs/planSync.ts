// Compares the spec of a run with its org.
import { problemLine } from '../../packages/client/contract/issues.ts'
import type { Operation } from '../../packages/client/contract/operations.ts'
import { planInOrg } from '../plan/plan.ts'
import { isScanned } from '../plan/scannedPlan.ts'
import { type SyncPlan, searchedOperations } from '../plan/syncPlan.ts'
import { PLAN_FILE } from '../protocol/layout.ts'
import { type PlannedRun, readJsonIfThere, readSpec, writeJson } from '../protocol/runRecords.ts'
import { earlierRunOf } from '../spec/earlierRun.ts'
import { RunRejectedError } from '../spec/runRejectedError.ts'
import type { Dependencies, Step } from '../step.ts'
import { checkParentRuns, parentProblems } from './parentRuns.ts'
import { readBegun } from './runOwner.ts'
import { undoInOrg } from './undoPlan.ts'

/** What the workflow needs to know of a plan. */
export type RunPlan = {
  /** Operations whose records are searched for before they are sent. */
  readonly searched: readonly Operation[]
  /** Id of the org. */
  readonly org: string
  /** Present when all records of the source are looked at before the first of them is staged. */
  readonly scans?: true
}

/**
 * Logs in, proves with a query that the org answers, validates the spec against the org's objects as the integration user sees them,
 * and stores the plan. A stored plan stays.
 */
export async function planSync(
  {
    connection,
    connectionWarnings,
    runStore,
    runStores,
  }: Pick<Dependencies, 'connection' | 'connectionWarnings' | 'runStore' | 'runStores'>,
  { runId }: { readonly runId: string },
  step: Step,
): Promise<RunPlan> {
  const store = runStore(runId)
  const spec = await readSpec(store)
  const salesforce = connection(spec.connection)
  step.heartbeat({ connection: spec.connection })
  const { organizationId } = await salesforce.identity(step.signal)
  for await (const _ of salesforce.query('SELECT Id FROM Organization', step.signal)) break
  const planned = await readJsonIfThere<PlannedRun>(store, PLAN_FILE)
  if (planned !== undefined) return runPlan(planned.plan, organizationId)
  step.heartbeat({ describing: spec.object })
  const begun = await readBegun(store)
  const isPlan = begun?.plan !== undefined
  const name = begun?.plan?.sync
  const plannedParents = isPlan ? await checkParentRuns(runStores, { spec, name, plans: true }) : []
  const earlier = earlierRunOf(spec.source)
  const { userId, instanceUrl, plan } = await (earlier?.kind === 'undo'
    ? undoInOrg(salesforce, spec, runStores.open(earlier.runId), step.signal)
    : planInOrg(salesforce, spec, step.signal, isPlan || undefined))
  const warnings = [...connectionWarnings(spec.connection), ...plan.warnings]
  const run: PlannedRun = {
    ...{ spec, plan, userId, instanceUrl, organizationId, warnings, startedAt: Date.now() },
    ...(isPlan && { isPlan }),
    ...(plannedParents.length > 0 && { plannedParents }),
  }
  const problems = await parentProblems(runStores, run)
  if (problems.length > 0) throw new RunRejectedError(`The sync spec for ${spec.object}`, problems.map(problemLine))
  // A step that was given up must not write beside a later one.
  step.signal.throwIfAborted()
  await writeJson(store, PLAN_FILE, run)
  return runPlan(plan, organizationId)
}

const runPlan = (plan: SyncPlan, org: string): RunPlan => ({
  searched: searchedOperations(plan),
  org,
  ...(isScanned(plan) && { scans: true }),
})
