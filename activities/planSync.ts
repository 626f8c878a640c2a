import type { ObjectDescribe } from '../salesforce/describe.ts'
import type { SalesforceConnection } from '../salesforce/salesforceConnection.ts'
import { PLAN_FILE } from '../store/runLayout.ts'
import { planSync as holdAgainstDescribe } from '../sync/plan.ts'
import { parentObjects } from '../sync/relationship.ts'
import type { SyncSpec } from '../sync/spec.ts'
import type { RunSettings } from '../workflows/contract.ts'
import type { Dependencies } from './dependencies.ts'
import { whileBeating } from './heartbeat.ts'
import { type PlannedRun, readJsonIfThere, readSpec, writeJson } from './runRecords.ts'
import { RunRefusedError } from './runRefusedError.ts'

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
    const { userId, described, parents } = await whileBeating({ describing: spec.object }, () => ask(salesforce, spec))
    const result = holdAgainstDescribe(spec, described, parents)
    if (!result.ok) {
      const problems = result.problems.map(({ path, message }) => `${path.join('.')}: ${message}`)
      throw new RunRefusedError(`The load into ${spec.object}`, problems)
    }
    const warnings = [...connectionWarnings(spec.connection), ...result.plan.warnings]
    const run: PlannedRun = { spec, plan: result.plan, userId, warnings, startedAt: Date.now() }
    await writeJson(store, PLAN_FILE, run)
    return { findsIds: findsIds(run) }
  }
}

/** Whether records are found by a field other than their Id. */
function findsIds({ plan }: PlannedRun): boolean {
  return plan.keyField !== undefined && plan.keyField !== 'Id'
}

async function ask(salesforce: SalesforceConnection, spec: SyncSpec) {
  const { userId } = await salesforce.identity()
  const described = await salesforce.describe(spec.object)
  const names = [...parentObjects(spec, described)]
  const objects = await Promise.all(names.map(name => salesforce.describe(name)))
  const parents: ReadonlyMap<string, ObjectDescribe> = new Map(
    objects.map((parent, index) => [names[index] ?? parent.name, parent]),
  )
  return { userId, described, parents }
}
