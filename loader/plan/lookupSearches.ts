import type { LookupObject } from './planLookup.ts'
import type { PlannedField, SyncPlan } from './syncPlan.ts'

/** One search of the org for the parents of all fields that find them in an object by the same fields under the same conditions. */
export type LookupSearch = {
  /** Names its files. */
  readonly place: string
  readonly searched: LookupObject
  /** What is selected beside the Id and the fields that find it. */
  readonly paths: readonly string[]
  /** The mapped fields whose values are searched for. */
  readonly fields: readonly PlannedField[]
}

/** When a record was created: of several parents, the oldest may be taken. */
export const CREATED = 'CreatedDate'

export function lookupSearches({ fields }: Pick<SyncPlan, 'fields'>): readonly LookupSearch[] {
  const searches = new Map<string, LookupSearch>()
  for (const field of fields) {
    for (const searched of field.lookup ?? []) {
      const key = searchKey(searched)
      const before = searches.get(key)
      searches.set(key, {
        place: before?.place ?? `${searched.name}-${searches.size + 1}`,
        searched,
        paths: [...new Set([...(before?.paths ?? []), ...pathsOf(field, searched)])],
        fields: [...(before?.fields ?? []), field],
      })
    }
  }
  return [...searches.values()]
}

/** Equal for fields that share a search. */
export const searchKey = ({ name, by, where, closed }: LookupObject): string =>
  JSON.stringify([name, by.map(field => field.name), where, closed?.field])

const pathsOf = ({ mapping }: PlannedField, { closed }: LookupObject): readonly string[] => [
  ...(closed === undefined ? [] : [closed.field]),
  ...('lookup' in mapping && mapping.many === 'first' ? [CREATED] : []),
]
