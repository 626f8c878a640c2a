import type { Operation } from '../../../packages/client/contract/operations.ts'
import { identifyingField, type SyncPlan, searchedOperations } from '../../plan/syncPlan.ts'
import type { KeyField } from '../../salesforce/keyForms.ts'

export type Search = {
  /** Names its files: the first of its operations. */
  readonly place: Operation
  readonly operations: readonly Operation[]
  readonly key: KeyField
  /** Conditions that a record must meet to be found. */
  readonly where?: string
}

/** One search for all operations that find their records by the same field under the same conditions. */
export function searchesOf(plan: SyncPlan): readonly Search[] {
  const searches = new Map<string, Search>()
  for (const operation of searchedOperations(plan)) {
    const key = identifyingField(plan, operation)?.target
    if (key === undefined) continue
    // Salesforce itself finds the record of an upsert.
    const where = operation === 'upsert' ? undefined : plan.matchWhere
    const name = JSON.stringify([key.name, where])
    const { place = operation, operations = [] } = searches.get(name) ?? {}
    const narrowed = where === undefined ? {} : { where }
    searches.set(name, { place, operations: [...operations, operation], key, ...narrowed })
  }
  return [...searches.values()]
}
