import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import type { ObjectDescribe } from '../salesforce/describe.ts'
import type { SalesforceConnection } from '../salesforce/salesforceConnection.ts'
import { RunRejectedError } from '../spec/runRejectedError.ts'
import { createPlan, type SyncPlan } from './plan.ts'
import { parentObjects } from './relationship.ts'

/**
 * Holds a spec against the org's objects as the integration user sees them. It only reads.
 * Throws RunRejectedError with every problem found.
 */
export async function planInOrg(
  salesforce: SalesforceConnection,
  spec: SyncSpec,
): Promise<{ readonly userId: string; readonly plan: SyncPlan }> {
  const { userId } = await salesforce.identity()
  const described = await salesforce.describe(spec.object)
  const names = [...parentObjects(spec, described)]
  const objects = await Promise.all(names.map(name => salesforce.describe(name)))
  const parents: ReadonlyMap<string, ObjectDescribe> = new Map(
    objects.map((parent, index) => [names[index] ?? parent.name, parent]),
  )
  const planned = createPlan(spec, described, parents)
  if (planned.ok) return { userId, plan: planned.plan }
  const problems = planned.problems.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new RunRejectedError(`The load into ${spec.object}`, problems)
}
