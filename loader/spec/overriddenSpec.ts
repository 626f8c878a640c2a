// A named sync with keys of a run's own in place of its keys.
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { syncSpecSchema } from '../../packages/client/contract/syncSpec.ts'

type Written = Readonly<Record<string, unknown>>

/** The named sync with the given keys in place of its own; null takes a key away. `parseSyncSpec` says whether that is a spec. */
export function overriddenSpec(named: SyncSpec | undefined, given: Written | null | undefined): Written {
  return Object.fromEntries(Object.entries({ ...named, ...given }).filter(([, value]) => value !== null))
}

/** Overrides that lead to exactly this spec, whatever the named sync holds. */
export function overridesTo(spec: SyncSpec): Written {
  const absent = Object.keys(syncSpecSchema.shape).map(key => [key, null] as const)
  return { ...Object.fromEntries(absent), ...spec }
}
