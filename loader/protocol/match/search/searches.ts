import type { Operation } from '../../../../packages/client/contract/operations.ts'
import { type SyncPlan, searchedFields, searchedOperations } from '../../../plan/syncPlan.ts'
import type { KeyField } from '../../../salesforce/keyForms.ts'

export type Search = {
  /** Names its files: the first of its operations. */
  readonly place: Operation
  readonly operations: readonly Operation[]
  /** The fields that together find a record. */
  readonly keys: readonly KeyField[]
  /** Conditions that a record must meet to be found. */
  readonly where?: string
}

/** One search for all operations that find their records by the same fields under the same conditions. */
export function searchesOf(plan: SyncPlan): readonly Search[] {
  const searches = new Map<string, Search>()
  for (const operation of searchedOperations(plan)) {
    const keys = searchedFields(plan, operation).map(({ target }) => target)
    if (keys.length === 0) continue
    // Salesforce itself finds the record of an upsert.
    const where = operation === 'upsert' ? undefined : plan.matchWhere
    const name = JSON.stringify([keys.map(key => key.name), where])
    const { place = operation, operations = [] } = searches.get(name) ?? {}
    const narrowed = where === undefined ? {} : { where }
    searches.set(name, { place, operations: [...operations, operation], keys, ...narrowed })
  }
  return [...searches.values()]
}
