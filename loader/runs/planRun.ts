import { planInOrg } from '../plan/plan.ts'
import { PLAN_FILE } from '../protocol/layout.ts'
import { type PlannedRun, readJsonIfThere, readSpec, writeJson } from '../protocol/runRecords.ts'
import type { Dependencies, Step } from '../step.ts'
/** What the workflow needs to know of a plan. */
export type RunPlan = {
  /** Whether records are found by a field other than their Id. */
  readonly findsIds: boolean
}

/** Validates the spec against the org's objects as the integration user sees them, and stores the plan. A stored plan stays. */
export async function planRun(
  { connection, connectionWarnings, runStore }: Pick<Dependencies, 'connection' | 'connectionWarnings' | 'runStore'>,
  { runId }: { readonly runId: string },
  step: Step,
): Promise<RunPlan> {
  const store = runStore(runId)
  const planned = await readJsonIfThere<PlannedRun>(store, PLAN_FILE)
  if (planned !== undefined) return { findsIds: findsIds(planned) }
  const spec = await readSpec(store)
  const salesforce = connection(spec.connection)
  step.heartbeat({ describing: spec.object })
  const { userId, plan } = await planInOrg(salesforce, spec)
  const warnings = [...connectionWarnings(spec.connection), ...plan.warnings]
  const run: PlannedRun = { spec, plan, userId, warnings, startedAt: Date.now() }
  await writeJson(store, PLAN_FILE, run)
  return { findsIds: findsIds(run) }
}

function findsIds({ plan }: PlannedRun): boolean {
  return plan.keyField !== undefined && plan.keyField !== 'Id'
}
