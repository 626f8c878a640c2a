// Where a run finds the parents of its records, by the mapped field.
import type { ParentTable, ParentTables } from '../../mapping/parentTable.ts'
import type { PlannedField } from '../../plan/syncPlan.ts'
import type { RunStore, RunStores } from '../../storage/runStore.ts'
import type { PlannedRun } from '../runRecords.ts'
import { openSyncParents, parentRunOf } from './syncParents.ts'

/** The files of the run itself, and those of other runs. */
type Stores = { readonly store: RunStore; readonly runStores: RunStores }

/** Opens the parents of all fields that columns find by `lookup` or `sync`. */
export async function openParents(stores: Stores, run: PlannedRun): Promise<ParentTables> {
  const tables = new Map<string, ParentTable>()
  for (const field of run.plan.fields) {
    if ('from' in field.mapping) tables.set(field.name, await openParent(stores, run, field))
  }
  return tables
}

function openParent({ runStores }: Stores, run: PlannedRun, field: PlannedField): Promise<ParentTable> {
  const parentRun = parentRunOf(field, run)
  if (parentRun !== undefined) return openSyncParents(runStores, field, parentRun)
  throw new Error(`The parents of ${field.name} cannot be found yet`)
}
