import type { Problem } from '../../packages/client/contract/issues.ts'
import type {
  BlankPolicy,
  FieldMapping,
  Operation,
  SyncSpec,
  ValueFormats,
} from '../../packages/client/contract/syncSpec.ts'
import type { FieldDescribe, ObjectDescribe } from '../salesforce/describe.ts'
import { possibleOperations } from '../spec/operations.ts'
import { keptDescribe } from './keptDescribe.ts'
import { planField } from './planField.ts'
import { checkKeys } from './planKeys.ts'
import { checkPermissions, checkRequired } from './planPermissions.ts'
import type { PlannedRelationship } from './relationship.ts'

/** One mapped field, held against describe. */
export type PlannedField = {
  /** As Salesforce spells it: `LastName`, or `Account.Ext_Id__c`. */
  readonly name: string
  /** Its column in an ingest job; differs from the name for a polymorphic lookup: `Lead:Who.Email`. */
  readonly wireName: string
  /** The field that is set: `LastName`, or `AccountId` for `Account.Ext_Id__c`. */
  readonly target: FieldDescribe
  /** The field whose type the value has: the target, or the parent's External ID field. */
  readonly valueField: FieldDescribe
  readonly relationship?: PlannedRelationship
  readonly mapping: FieldMapping
}

/** A sync spec that was held against the org: plain JSON, kept in the run store, all that later steps need. */
export type SyncPlan = {
  readonly object: string
  readonly keyPrefix: string | null
  readonly operation: SyncSpec['operation']
  /** What a record may ask for. */
  readonly operations: readonly Operation[]
  readonly idField: FieldDescribe
  readonly fields: readonly PlannedField[]
  /** The field that finds the record on update; `Id` when that is mapped. Absent when nothing may be updated. */
  readonly keyField?: string
  readonly externalIdField?: string
  readonly identityFields: readonly string[]
  readonly blank: BlankPolicy
  readonly formats: ValueFormats
  readonly assignmentRules: boolean
  /** Nothing that stops the run, in words for its report. */
  readonly warnings: readonly string[]
}

export type PlannedSync =
  | { readonly ok: true; readonly plan: SyncPlan }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/**
 * Holds a spec against the object as the integration user sees it, before anything is read. All problems are named at
 * once; each path leads into the spec.
 *
 * @param parents - the described objects that `parentObjects` named, by name
 */
export function createPlan(
  spec: SyncSpec,
  describe: ObjectDescribe,
  parents: ReadonlyMap<string, ObjectDescribe>,
): PlannedSync {
  const idField = describe.fields.find(({ name }) => name === 'Id')
  if (!idField)
    return failed([{ path: ['object'], message: `${describe.name} has no Id field that this user may see` }])
  const operations = possibleOperations(spec)
  const fields: PlannedField[] = []
  const problems: Problem[] = []
  for (const [name, mapping] of Object.entries(spec.fields)) {
    const planned = planField(name, mapping, spec, describe, parents)
    if ('message' in planned) problems.push(planned)
    else fields.push(planned)
  }
  const keys = checkKeys(spec, describe, fields, operations)
  problems.push(...keys.problems, ...checkPermissions(operations, describe, fields, keys))
  const required = checkRequired(operations, describe, spec)
  problems.push(...required.problems)
  if (problems.length > 0) return failed(problems)
  const plan: SyncPlan = {
    object: describe.name,
    keyPrefix: describe.keyPrefix,
    operation: spec.operation,
    operations,
    idField: keptDescribe(idField),
    fields,
    ...(keys.keyField === undefined ? {} : { keyField: keys.keyField }),
    ...(keys.externalIdField === undefined ? {} : { externalIdField: keys.externalIdField }),
    identityFields: spec.identityFields,
    blank: spec.blank,
    formats: spec.formats,
    assignmentRules: spec.assignmentRules,
    warnings: [...keys.warnings, ...required.warnings],
  }
  return { ok: true, plan }
}

function failed(problems: readonly Problem[]): PlannedSync {
  return { ok: false, problems }
}
