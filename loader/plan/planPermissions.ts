import { sourceColumns } from '../../packages/client/contract/fieldMapping.ts'
import type { Problem } from '../../packages/client/contract/issues.ts'
import type { Operation } from '../../packages/client/contract/operations.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import type { FieldDescribe, ObjectDescribe } from '../salesforce/describe.ts'
import { lookupForm } from '../values/lookupForm.ts'
import { isPersonName } from './planField.ts'
import type { PlannedKeys } from './planKeys.ts'
import { parseRelationshipName } from './relationship.ts'
import { keyOfField, type PlannedField } from './syncPlan.ts'

/** Whether the integration user has the permissions on the object and its mapped fields that the run needs. */
export function checkPermissions(
  operations: readonly Operation[],
  describe: ObjectDescribe,
  fields: readonly PlannedField[],
  keys: PlannedKeys,
): Problem[] {
  const creates = operations.includes('create') || operations.includes('upsert')
  const updates = operations.includes('update') || operations.includes('upsert')
  const problems: Problem[] = []
  if (creates && !describe.createable) problems.push(mayNot(describe, 'create'))
  if (updates && !describe.updateable) problems.push(mayNot(describe, 'update'))
  const deletes = operations.includes('delete')
  if (deletes && !describe.deletable) problems.push(mayNot(describe, 'delete'))
  const targets = new Map<string, PlannedField>()
  for (const field of fields) {
    const { target, name } = field
    const earlier = targets.get(target.name)
    if (earlier !== undefined) problems.push(at(field, setsAgain(field, earlier)))
    targets.set(target.name, field)
    const isKey = keys.keyFields?.includes(name) || name === keys.externalIdField
    // An Id beside another key field is reported with the keys.
    if (isKey || (name === 'Id' && (deletes || operations.includes('update')))) continue
    if (name === 'Id') problems.push(at(field, 'Id finds the record on update; it cannot be set on create'))
    else if (creates && !target.createable) problems.push(at(field, readOnly(describe, target, 'create')))
    else if (updates && !target.updateable) problems.push(at(field, readOnly(describe, target, 'update')))
  }
  return problems
}

/** A column with records of two objects is mapped to both by people who know lookups by External ID only. */
function setsAgain(field: PlannedField, earlier: PlannedField): string {
  const { target, relationship, mapping } = field
  const problem = `sets ${target.name}, as ${keyOfField(earlier)} does; map one of them`
  const other = earlier.relationship
  if (relationship === undefined || other?.field !== relationship.field || 'value' in mapping) return problem
  const [column, otherColumn] = [mapping, earlier.mapping].map(each => sourceColumns(each).join())
  if (column === undefined || column !== otherColumn) return problem
  return `${problem}, or ${lookupForm(target.name, [other.parent, relationship.parent], relationship.field, column)}`
}

type RequiredCheck = { readonly problems: readonly Problem[]; readonly warnings: readonly string[] }

/** Whether every field that a new record must have is mapped. */
export function checkRequired(
  operations: readonly Operation[],
  describe: ObjectDescribe,
  spec: SyncSpec,
  fields: readonly PlannedField[],
): RequiredCheck {
  const names = [...Object.keys(spec.fields), ...fields.map(({ target }) => target.name)]
  const mapped = new Set(names.map(name => name.toLowerCase()))
  const lookups = new Set(
    Object.keys(spec.fields).map(name => parseRelationshipName(name)?.relationship.toLowerCase() ?? ''),
  )
  const missing = describe.fields.filter(
    field =>
      isRequiredOnCreate(field) &&
      !isPersonName(field, describe) &&
      !mapped.has(field.name.toLowerCase()) &&
      !lookups.has(field.relationshipName?.toLowerCase() ?? ' '),
  )
  if (missing.length === 0) return { problems: [], warnings: [] }
  const words = `Required fields are missing: [${missing.map(({ name }) => name).join(', ')}]`
  if (operations.includes('create')) {
    return { problems: [{ path: ['fields'], message: `${words}; map them, or give each a {value}` }], warnings: [] }
  }
  const warning = `${words}: an upsert that finds no record will be rejected`
  return { problems: [], warnings: operations.includes('upsert') ? [warning] : [] }
}

/** As Salesforce defines it in describe; page layouts and validation rules may require more. */
export function isRequiredOnCreate(field: FieldDescribe): boolean {
  return field.createable && !field.nillable && !field.defaultedOnCreate && field.type !== 'boolean'
}

function mayNot(describe: ObjectDescribe, verb: string): Problem {
  const message = `the integration user may not ${verb} ${describe.name} records; give it that permission on the object`
  return { path: ['object'], message }
}

function readOnly(describe: ObjectDescribe, { name }: FieldDescribe, verb: string): string {
  return `${describe.name}.${name} is read-only for the integration user on ${verb}; leave it out, or give the user edit access to the field`
}

const at = (field: PlannedField, message: string): Problem => ({ path: ['fields', keyOfField(field)], message })
