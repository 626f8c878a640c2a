import { type ConnectionSettings, loginUrlOf } from '../loader/salesforce/settings.ts'
import { parentFields } from '../loader/spec/parentSyncs.ts'
import type { Problem } from '../packages/client/contract/issues.ts'
import type { SyncSpec } from '../packages/client/contract/syncSpec.ts'

/** Hosts of every production org, and of every sandbox. */
const SHARED_HOSTS: readonly string[] = ['login.salesforce.com', 'test.salesforce.com']

/** Fields whose parents are in another org, as far as the addresses show it; a run of a flow compares the orgs themselves. */
export function parentOrgProblems(
  syncs: ReadonlyMap<string, SyncSpec>,
  connections: ReadonlyMap<string, ConnectionSettings>,
): readonly Problem[] {
  return [...syncs].flatMap(([name, spec]) =>
    parentFields(spec, name).flatMap(({ field, sync }) => {
      const parent = syncs.get(sync)
      const own = connections.get(spec.connection)
      const other = parent === undefined ? undefined : connections.get(parent.connection)
      if (own === undefined || other === undefined || parent === undefined || !areOtherOrgs(own, other)) return []
      const message = `the sync ${sync} loads ${parent.connection}, another org than ${spec.connection}, whose records cannot have its Ids; give both syncs connections to one org`
      return [{ path: ['syncs', name, 'fields', field, 'sync'], message }]
    }),
  )
}

/** Two hosts of My Domain are two orgs; one that orgs share says nothing beside a host of an org. */
function areOtherOrgs(...settings: readonly ConnectionSettings[]): boolean {
  const hosts = new Set(settings.map(each => new URL(loginUrlOf(each)).host.toLowerCase()))
  if (hosts.size === 1) return false
  const shared = [...hosts].filter(host => SHARED_HOSTS.includes(host))
  return shared.length !== 1
}
