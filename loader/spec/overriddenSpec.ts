// The spec of a named sync with the overrides of one run.
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { syncSpecSchema } from '../../packages/client/contract/syncSpec.ts'

type Written = Readonly<Record<string, unknown>>

/** Replaces keys of the named sync with the given ones; null removes a key. Validate the result with `parseSyncSpec`. */
export function overriddenSpec(named: SyncSpec | undefined, given: Written | null | undefined): Written {
  return Object.fromEntries(Object.entries({ ...named, ...given }).filter(([, value]) => value !== null))
}

/** Overrides that result in exactly this spec for any named sync. */
export function overridesTo(spec: SyncSpec): Written {
  const absent = Object.keys(syncSpecSchema.shape).map(key => [key, null] as const)
  return { ...Object.fromEntries(absent), ...spec }
}
