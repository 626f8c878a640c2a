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

/** A run of parents that no field takes. */
export function parentRunProblems({ fields, parentRuns = {} }: SyncSpec): readonly Problem[] {
  const taken = parentFields({ fields }).map(({ sync }) => sync)
  return Object.keys(parentRuns).flatMap(sync => {
    if (taken.includes(sync)) return []
    const known = taken.length === 0 ? 'no field has a parent of another sync' : `fields have ${taken.join(', ')}`
    return [{ path: ['parentRuns', sync], message: `no field takes its parent from the sync ${sync}; ${known}` }]
  })
}
