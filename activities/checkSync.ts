import type { Dependencies } from '../loader/dependencies.ts'
import { planInOrg } from '../loader/plan/plan.ts'
import { unknownSync } from '../loader/runs/unknownSync.ts'
import type { CheckSyncInput, SyncCheck } from '../packages/client/contract/messages.ts'

/**
 * Holds a sync of the configuration against its org, as a run would before it reads its source; nothing is written.
 * Retry: safe because it only reads.
 */
export function checkSync({ sync, syncNames, connection }: Dependencies) {
  return async (input: CheckSyncInput): Promise<SyncCheck> => {
    const spec = sync(input.sync)
    if (spec === undefined) throw unknownSync(input.sync, syncNames)
    const { plan } = await planInOrg(connection(spec.connection), spec)
    const { object, operations, fields, warnings } = plan
    return { sync: input.sync, connection: spec.connection, object, operations, fields: fields.length, warnings }
  }
}
