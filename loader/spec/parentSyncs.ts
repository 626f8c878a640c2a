// The syncs whose runs write the parents of a sync's records.
import { SELF } from '../../packages/client/contract/fieldMapping.ts'
import type { Problem } from '../../packages/client/contract/issues.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'

/** A field whose parents another sync writes. */
export type ParentField = { readonly field: string; readonly sync: string }

/** @param name of the sync itself: a row of the same source is no parent of another sync */
export function parentFields({ fields }: Pick<SyncSpec, 'fields'>, name?: string): readonly ParentField[] {
  return Object.entries(fields).flatMap(([field, mapping]) => {
    if (!('sync' in mapping) || mapping.sync === SELF || mapping.sync === name) return []
    return [{ field, sync: mapping.sync }]
  })
}

/** The objects in which parents are found by `lookup`, in lower case. */
export const lookedUpObjects = ({ fields }: Pick<SyncSpec, 'fields'>): readonly string[] =>
  Object.values(fields).flatMap(mapping => ('lookup' in mapping ? mapping.lookup.map(name => name.toLowerCase()) : []))

/** A run of parents that no field takes. A plan may have lookups that find what another plan would create. */
export function parentRunProblems({ fields, parentRuns = {} }: SyncSpec): readonly Problem[] {
  if (lookedUpObjects({ fields }).length > 0) return []
  const taken = parentFields({ fields }).map(({ sync }) => sync)
  return Object.keys(parentRuns).flatMap(sync => {
    if (taken.includes(sync)) return []
    const known = taken.length === 0 ? 'no field has a parent of another sync' : `fields have ${taken.join(', ')}`
    return [{ path: ['parentRuns', sync], message: `no field takes its parent from the sync ${sync}; ${known}` }]
  })
}
