// Where a run finds the parents of its records, by the mapped field.
import type { ParentTable, ParentTables } from '../../mapping/parentTable.ts'
import type { PlannedField } from '../../plan/syncPlan.ts'
import type { RunStore } from '../../storage/runStore.ts'
import type { PlannedRun } from '../runRecords.ts'

/** Opens the parents of all fields that columns find by `lookup` or `sync`. */
export async function openParents(_store: RunStore, { plan }: PlannedRun): Promise<ParentTables> {
  const tables = new Map<string, ParentTable>()
  for (const field of plan.fields) {
    if ('from' in field.mapping) tables.set(field.name, await openParent(field))
  }
  return tables
}

function openParent({ name }: PlannedField): Promise<ParentTable> {
  throw new Error(`The parents of ${name} cannot be found yet`)
}
