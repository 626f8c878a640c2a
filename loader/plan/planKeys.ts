import type { Problem } from '../../packages/client/contract/issues.ts'
import type { Operation } from '../../packages/client/contract/operations.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import type { FieldDescribe, ObjectDescribe } from '../salesforce/describe.ts'
import { existingPolicy } from '../spec/existing.ts'
import { keyFieldsOf } from '../spec/parseSyncSpec.ts'
import { isBlank } from '../values/text.ts'
import { filterProblem, findField } from './findField.ts'
import { RECORD_TYPE } from './relationship.ts'
import type { PlannedField } from './syncPlan.ts'

/** The fields that find existing records, as Salesforce spells them. */
export type PlannedKeys = {
  readonly keyFields?: readonly string[]
  readonly externalIdField?: string
  readonly problems: readonly Problem[]
  readonly warnings: readonly string[]
}

/** Whether the fields that find records can do so. Unknown ones are reported as mapped fields already. */
export function checkKeys(
  spec: SyncSpec,
  describe: ObjectDescribe,
  fields: readonly PlannedField[],
  operations: readonly Operation[],
): PlannedKeys {
  const isIdMapped = fields.some(({ name }) => name === 'Id')
  const keeps = operations.includes('create') && existingPolicy(spec, 'create') === 'keep'
  const isFinding = keeps || operations.includes('update') || operations.includes('delete')
  const given = spec.keyField === undefined ? [[['keyField'], 'Id'] as const] : keyFieldsOf(spec)
  const named = isFinding ? given.map(([path, name]) => ({ path, name, field: findKey(describe, name) })) : []
  const keys = named.flatMap(({ field }) => field ?? [])
  const externalName = operations.includes('upsert') ? spec.externalIdField : undefined
  const external = externalName === undefined ? undefined : findField(describe, externalName)
  const problems: Problem[] = named.flatMap(({ path, name, field }) => keyProblem(path, name, field, describe))
  if (problems.length === 0) problems.push(...constantProblems(['keyField'], keys, fields))
  if (keeps)
    problems.push(...named.flatMap(({ path, field }) => (field ? unorderedProblem(path, field, describe) : [])))
  if (keys.length > 0 && keys[0]?.name !== 'Id' && isIdMapped) {
    problems.push({
      path: ['keyField'],
      message: 'Id is mapped too; find records by one of them, and leave out the other',
    })
  }
  if (external) problems.push(...externalIdProblems(external, describe, fields))
  return {
    ...(keys.length > 0 ? { keyFields: keys.map(({ name }) => name) } : {}),
    ...(external ? { externalIdField: external.name } : {}),
    problems,
    warnings: [
      ...keyWarnings(keys, describe),
      ...(keeps ? keys.flatMap(key => unsetKeyWarning(key, describe)) : []),
      ...(external ? externalIdWarnings(external, describe) : []),
      ...unusedKeys(spec),
    ],
  }
}

/** The name of a record type is converted to its Id. */
const findKey = (describe: ObjectDescribe, name: string): FieldDescribe | undefined =>
  findField(describe, RECORD_TYPE.test(name) ? 'RecordTypeId' : name)

function keyProblem(
  path: Problem['path'],
  name: string,
  field: FieldDescribe | undefined,
  describe: ObjectDescribe,
): Problem[] {
  if (field === undefined && !name.includes('.')) return []
  const message = field
    ? filterProblem(field, describe)
    : `${name} is a field of a parent; use a field of ${describe.name}, such as the lookup with the Id of the parent`
  return message === undefined ? [] : [{ path, message }]
}

/** Such a value is found only in the order in which the org holds it; a create would not see that the record is there. */
function unorderedProblem(path: Problem['path'], { name, type }: FieldDescribe, describe: ObjectDescribe): Problem[] {
  if (type !== 'multipicklist') return []
  const message = `${describe.name}.${name} is a multi-select picklist, whose values the org orders itself; with existing: keep use another field`
  return [{ path, message }]
}

function externalIdProblems(
  external: FieldDescribe,
  describe: ObjectDescribe,
  fields: readonly PlannedField[],
): Problem[] {
  const path = ['externalIdField']
  if (!external.externalId && !external.idLookup) {
    const usable = describe.fields.filter(({ externalId, idLookup }) => externalId || idLookup).map(({ name }) => name)
    const message = `${describe.name}.${external.name} is not an External ID; allowed: ${usable.join(', ')}`
    return [{ path, message }]
  }
  return constantProblems(path, [external], fields)
}

/** Of several key fields one may be the same for every record, such as the region of all of them. */
function constantProblems(
  path: Problem['path'],
  keys: readonly FieldDescribe[],
  fields: readonly PlannedField[],
): Problem[] {
  const mappings = keys.map(key => fields.find(({ name }) => name === key.name)?.mapping)
  const blank = keys.find((_, index) => {
    const mapping = mappings[index]
    return keys.length > 1 && mapping !== undefined && 'value' in mapping && isBlank(mapping.value)
  })
  if (blank) return [{ path, message: `${blank.name} is blank for every record; map it to a column, or leave it out` }]
  if (mappings.length === 0 || mappings.some(mapping => mapping === undefined || !('value' in mapping))) return []
  const [words, remedy] = keys.length === 1 ? ['has', 'it'] : ['have', 'one of them']
  return [{ path, message: `${allOf(keys)} ${words} the same value for every record; map ${remedy} to a column` }]
}

const allOf = (keys: readonly FieldDescribe[]): string => keys.map(({ name }) => name).join(' and ')

/** One field with an index is enough to find few records. */
function keyWarnings(keys: readonly FieldDescribe[], describe: ObjectDescribe): string[] {
  if (keys.length === 0 || keys.some(isIndexed)) return []
  const [verb, pronoun] = keys.length === 1 ? ['is', 'it'] : ['are', 'them']
  const names = keys.map(({ name }) => `${describe.name}.${name}`).join(' and ')
  return [`${names} ${verb} not indexed: finding records by ${pronoun} is slow in an org with many records`]
}

/** The org gives some fields their values, such as the whole name of a contact, or a number of its own. */
function unsetKeyWarning({ name, createable }: FieldDescribe, describe: ObjectDescribe): string[] {
  if (createable) return []
  return [
    `${describe.name}.${name} is read-only on create: a later run finds a record that this run creates only if the org gives it the value that the source has`,
  ]
}

const isIndexed = ({ type, externalId, idLookup, unique }: FieldDescribe): boolean =>
  type === 'id' || type === 'reference' || externalId || idLookup || unique

function externalIdWarnings(external: FieldDescribe, describe: ObjectDescribe): string[] {
  if (external.unique || external.name === 'Id') return []
  return [`${describe.name}.${external.name} is not unique in the org: two runs at once could both create a record`]
}

/** A create that names a key may be meant to find the records that exist already. */
function unusedKeys({ operation, keyField, externalIdField, existing }: SyncSpec): string[] {
  if (operation !== 'create' || existing === 'keep') return []
  const keys = [...(keyField ? ['keyField'] : []), ...(externalIdField ? ['externalIdField'] : [])]
  return keys.map(
    key =>
      `${key} is not used: create searches for no record, so a record that exists is there twice; existing: keep with keyField leaves it as it is`,
  )
}
