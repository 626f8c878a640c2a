// Finds the parents of a plan that other plans of its flow would create: the org does not have them yet.
import type { FieldMapping } from '../../../packages/client/contract/fieldMapping.ts'
import type { ParentTable } from '../../mapping/parentTable.ts'
import type { LookupObject } from '../../plan/planLookup.ts'
import type { PlannedField } from '../../plan/syncPlan.ts'
import type { RunStores } from '../../storage/runStore.ts'
import { canonicalText } from '../../values/text.ts'
import { isTranslated } from '../../values/valueMap.ts'
import { type PlannedRun, readPlan } from '../runRecords.ts'
import type { ParentRecords } from './parentRecords.ts'
import { readParents } from './readParents.ts'

type Planned = { readonly sync: string; readonly parents: ParentRecords }

/** The lookup of a field that also finds what the plans of other syncs would create. @param inOrg finds the records of the org */
export async function withPlanned(
  runStores: RunStores,
  { lookup = [] }: PlannedField,
  { spec, plannedParents = [] }: Pick<PlannedRun, 'spec' | 'plannedParents'>,
  inOrg: ParentTable,
): Promise<ParentTable> {
  const planned: Planned[] = []
  for (const sync of plannedParents) {
    const runId = spec.parentRuns?.[sync] ?? ''
    const { plan } = await readPlan(runStores.open(runId))
    const searched = lookup.find(({ name }) => name === plan.object)
    const by = searched === undefined ? undefined : columnsOf(searched, plan.fields)
    if (by !== undefined)
      planned.push({ sync, parents: await readParents(runStores, { runId, by, isPlan: true, form }) })
  }
  if (planned.length === 0) return inOrg
  return {
    find: values => {
      const found = inOrg.find(values)
      const isMissing = found === '' || (typeof found !== 'string' && found.code === 'PARENT_NOT_FOUND')
      return (isMissing ? plannedRow(planned, values) : undefined) ?? found
    },
  }
}

function plannedRow(planned: readonly Planned[], values: readonly string[]): string | undefined {
  for (const { sync, parents } of planned) {
    const parent = parents.find(values)
    if (parent?.kind === 'planned') return `row ${parent.row} of ${sync}`
  }
  return undefined
}

/** The org compares texts without their letter case. */
const form = (value: string): string => canonicalText(value).toLowerCase()

/** The columns from which the searched fields are loaded; undefined when one is not loaded as its column has it. */
function columnsOf({ by }: LookupObject, fields: readonly PlannedField[]): readonly string[] | undefined {
  const columns = by.map(({ name }) => columnOf(fields.find(field => field.name === name)?.mapping))
  return columns.every(column => column !== undefined) ? columns : undefined
}

function columnOf(mapping: FieldMapping | undefined): string | undefined {
  if (mapping === undefined || !('column' in mapping)) return undefined
  return isTranslated(mapping) || mapping.default !== undefined ? undefined : mapping.column
}
