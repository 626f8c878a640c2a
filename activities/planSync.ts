import type { Dependencies } from '../loader/dependencies.ts'
import { planInOrg } from '../loader/plan/plan.ts'
import { PLAN_FILE } from '../loader/protocol/layout.ts'
import { type PlannedRun, readJsonIfThere, readSpec, writeJson } from '../loader/protocol/runRecords.ts'
import type { RunSettings } from '../packages/client/contract/messages.ts'
import { whileBeating } from './heartbeat.ts'

/**
 * Holds the spec against the org's objects as the integration user sees them.
 * Retry: safe because it only reads from the org; a plan already written stays, since chunks may have been staged by it.
 */
export function planSync({ connection, connectionWarnings, runStore }: Dependencies) {
  return async ({ runId }: { readonly runId: string }): Promise<Pick<RunSettings, 'findsIds'>> => {
    const store = runStore(runId)
    const planned = await readJsonIfThere<PlannedRun>(store, PLAN_FILE)
    if (planned !== undefined) return { findsIds: findsIds(planned) }
    const spec = await readSpec(store)
    const salesforce = connection(spec.connection)
    const { userId, plan } = await whileBeating({ describing: spec.object }, () => planInOrg(salesforce, spec))
    const warnings = [...connectionWarnings(spec.connection), ...plan.warnings]
    const run: PlannedRun = { spec, plan, userId, warnings, startedAt: Date.now() }
    await writeJson(store, PLAN_FILE, run)
    return { findsIds: findsIds(run) }
  }
}

/** Whether records are found by a field other than their Id. */
function findsIds({ plan }: PlannedRun): boolean {
  return plan.keyField !== undefined && plan.keyField !== 'Id'
}
