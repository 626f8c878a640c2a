// Where a run finds the parents of its records, by the mapped field.
import type { ParentTable, ParentTables } from '../../mapping/parentTable.ts'
import { lookupSearches, searchKey } from '../../plan/lookupSearches.ts'
import type { LookupObject } from '../../plan/planLookup.ts'
import { isSelfMapping } from '../../plan/selfReferences.ts'
import type { PlannedField } from '../../plan/syncPlan.ts'
import type { RunStore, RunStores } from '../../storage/runStore.ts'
import type { PlannedRun } from '../runRecords.ts'
import { readScanned } from '../scan/scannedSource.ts'
import { FoundInObject } from './foundInObject.ts'
import { lookupTable } from './lookupTable.ts'
import { withPlanned } from './plannedLookup.ts'
import { openSyncParents, parentRunOf } from './syncParents.ts'

/** The files of the run itself, and those of other runs. */
type Stores = { readonly store: RunStore; readonly runStores: RunStores }

/** Opens the parents of all fields that columns find by `lookup` or `sync`. */
export async function openParents(stores: Stores, run: PlannedRun): Promise<ParentTables> {
  const tables = new Map<string, ParentTable>()
  const found = await foundParents(stores, run)
  for (const field of run.plan.fields) {
    if ('from' in field.mapping && !isSelfMapping(field.mapping))
      tables.set(field.name, await openParent(stores, run, field, found))
  }
  return tables
}

type FoundParents = ReadonlyMap<string, FoundInObject>

/** The parents that were searched for in the org, by the search that has found them. */
async function foundParents({ store }: Stores, { plan }: PlannedRun): Promise<FoundParents> {
  const searches = lookupSearches(plan)
  if (searches.length === 0) return new Map()
  const scanned = await readScanned(store)
  const found = new Map<string, FoundInObject>()
  for (const search of searches) found.set(searchKey(search.searched), await FoundInObject.read(store, scanned, search))
  return found
}

async function openParent(
  { runStores }: Stores,
  run: PlannedRun,
  field: PlannedField,
  found: FoundParents,
): Promise<ParentTable> {
  const { mapping } = field
  if ('lookup' in mapping) {
    const foundIn = (searched: LookupObject) => found.get(searchKey(searched)) as FoundInObject
    return withPlanned(runStores, field, run, lookupTable(field, mapping, run.plan.formats, foundIn))
  }
  const parentRun = parentRunOf(field, run)
  if (parentRun !== undefined) return openSyncParents(runStores, field, parentRun)
  throw new Error(`No run has the parents of ${field.name}`)
}
