// How the mapped fields of a run are compared with what the org holds.
import type { Problem } from '../../packages/client/contract/issues.ts'
import type { Operation } from '../../packages/client/contract/operations.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import type { FieldDescribe } from '../salesforce/describe.ts'
import {
  fillsBlanks,
  identifyingFields,
  keepsExisting,
  type PlannedField,
  type SyncPlan,
  wireColumns,
} from './syncPlan.ts'

export type ComparedField = {
  /** As Salesforce spells it: `LastName`, or `Account.Ext_Id__c`. */
  readonly name: string
  /** Its position among the cells that are sent, from 0; -1 for a field that is not sent. */
  readonly cell: number
  readonly valueField: FieldDescribe
  /** Where a query finds the value: `LastName`, or `Account.Ext_Id__c`. Absent when no query gives it as it was written. */
  readonly path?: string
  /** The field with the Id of the parent, for a lookup by External ID. */
  readonly lookup?: string
}

/**
 * The fields that an operation writes into a record that exists, in the order of the plan, without those that find it. A deletion writes none,
 * and loses all.
 */
export function comparedFields(plan: SyncPlan, operation: Operation): readonly ComparedField[] {
  if (operation === 'delete') {
    return plan.fields.flatMap(field => (field.name === 'Id' ? [] : [comparedField(field, NOT_SENT)]))
  }
  if (keepsExisting(plan, operation)) return []
  const keys = identifyingFields(plan, operation).map(({ name }) => name)
  return wireColumns(plan, operation).flatMap(({ field }, cell) =>
    field === undefined || field.name === 'Id' || keys.includes(field.name) ? [] : [comparedField(field, cell)],
  )
}

const NOT_SENT = -1

function comparedField(field: PlannedField, cell: number): ComparedField {
  const { name, valueField, relationship, target } = field
  return {
    name,
    cell,
    valueField,
    ...(isReadable(field) ? { path: name } : {}),
    ...(relationship === undefined ? {} : { lookup: target.name }),
  }
}

/**
 * Whether a query gives the value as it was written. An encrypted one comes back masked, the content of a file as an address; the fields of a lookup that leads to several
 * objects cannot be selected.
 * https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_relationships_and_polymorph_keys.htm
 */
const isReadable = ({ valueField, relationship }: PlannedField): boolean =>
  valueField.type !== 'encryptedstring' && valueField.type !== 'base64' && relationship?.polymorphic !== true

/** The fields that the run wrote that is undone; none of another run. */
export const writtenFields = ({ undone = [] }: SyncPlan): readonly ComparedField[] =>
  undone.map(field => comparedField(field, NOT_SENT))

/** What a query selects to compare the records of these operations, beside the Id and the key. */
export function readPaths(plan: SyncPlan, operations: readonly Operation[]): readonly string[] {
  const fields = [...operations.flatMap(operation => comparedFields(plan, operation)), ...writtenFields(plan)]
  return [...new Set(fields.flatMap(({ path, lookup }) => [path ?? [], lookup ?? []].flat()))]
}

/** The fields that a before-image keeps: those that a later run can write back. */
export function keptFields(plan: SyncPlan, operation: Operation): readonly string[] {
  return comparedFields(plan, operation).flatMap(({ path, lookup }) => lookup ?? path ?? [])
}

/** What a person must know of a run that compares. */
export function comparisonWarnings(plan: SyncPlan): readonly string[] {
  const writing = plan.operations.filter(operation => operation !== 'delete' && !fillsBlanks(plan, operation))
  const unread = new Set(
    writing.flatMap(operation =>
      comparedFields(plan, operation).flatMap(({ name, path, valueField }) =>
        // A file is only created.
        path === undefined && valueField.type !== 'base64' ? [name] : [],
      ),
    ),
  )
  return [...unread].map(
    name => `${name} cannot be compared with what the org holds: a record with a value for it counts as changed`,
  )
}

/** Only a field that the org shows can be seen to be blank; of a lookup the Id of the parent shows it. */
export function fillProblems({ existing }: Pick<SyncSpec, 'existing'>, fields: readonly PlannedField[]): Problem[] {
  if (existing !== 'fill-blanks') return []
  return fields
    .filter(field => field.relationship === undefined && !isReadable(field))
    .map(({ name }) => ({
      path: ['fields', name],
      message:
        'cannot be read from the org, so existing: fill-blanks does not see whether it is blank there; leave it out, or load it by another sync',
    }))
}
