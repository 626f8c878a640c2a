// The lookups of a sync whose parents are rows of its own source, which are loaded first.
import { type FieldMapping, SELF, type SyncMapping } from '../../packages/client/contract/fieldMapping.ts'
import { type PlannedField, type SyncPlan, wireColumns } from './syncPlan.ts'

/** `sync: self`: the Id of the parent is filled in once it was loaded. */
export type FilledReference = {
  readonly kind: 'filled'
  readonly field: PlannedField
  /** The columns of a row by which others name it. */
  readonly by: readonly string[]
  readonly from: readonly string[]
  readonly none: SyncMapping['none']
}

/** `Parent.Ext_Id__c` with an External ID that the rows themselves have: Salesforce finds the parent, once it was loaded. */
type OrderedReference = {
  readonly kind: 'ordered'
  readonly field: PlannedField
  /** The field by which the rows have the External ID. */
  readonly key: PlannedField
}

export type SelfReference = FilledReference | OrderedReference

type SelfMapping = SyncMapping & { readonly sync: typeof SELF }

export const isSelfMapping = (mapping: FieldMapping): mapping is SelfMapping =>
  'sync' in mapping && mapping.sync === SELF

/** The columns by which the rows of a source name each other, if the mapping needs them. */
export function ownColumns(mapping: FieldMapping, identityFields: readonly string[]): readonly string[] {
  return isSelfMapping(mapping) ? (mapping.by ?? identityFields) : []
}

/** None for a sync whose operation may differ by row: updates find their parents among older records, and come first. */
export function selfReferences(plan: SyncPlan): readonly SelfReference[] {
  const { operation, identityFields } = plan
  if (operation !== 'create' && operation !== 'upsert') return []
  const written = wireColumns(plan, operation).flatMap(({ field }) => field ?? [])
  return written.flatMap((field): readonly SelfReference[] => {
    const { mapping, relationship } = field
    if (isSelfMapping(mapping)) {
      const { from, none } = mapping
      return [{ kind: 'filled', field, by: ownColumns(mapping, identityFields), from, none }]
    }
    if (relationship?.parent !== plan.object || !('column' in mapping)) return []
    const key = written.find(({ name, mapping: own }) => name === relationship.field && 'column' in own)
    return key === undefined ? [] : [{ kind: 'ordered', field, key }]
  })
}

/** Whether the Ids of parents are filled in before the later waves are sent. */
export const isFilled = ({ fields }: SyncPlan): boolean => fields.some(({ mapping }) => isSelfMapping(mapping))
