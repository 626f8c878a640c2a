import type { Problem } from '../../packages/client/contract/issues.ts'
import type { Operation } from '../../packages/client/contract/operations.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import type { FieldDescribe, ObjectDescribe } from '../salesforce/describe.ts'
import { filterProblem, findField } from './planField.ts'
import type { PlannedField } from './syncPlan.ts'

/** The fields that find existing records, as Salesforce spells them. */
export type PlannedKeys = {
  readonly keyField?: string
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
  const keyName = operations.includes('update') || operations.includes('delete') ? (spec.keyField ?? 'Id') : undefined
  const externalName = operations.includes('upsert') ? spec.externalIdField : undefined
  const key = keyName === undefined ? undefined : findField(describe, keyName)
  const external = externalName === undefined ? undefined : findField(describe, externalName)
  const problems: Problem[] = []
  if (key) problems.push(...keyProblems(key, describe, fields))
  if (key && key.name !== 'Id' && isIdMapped) {
    problems.push({
      path: ['keyField'],
      message: 'Id is mapped too; find records by one of them, and leave out the other',
    })
  }
  if (external) problems.push(...externalIdProblems(external, describe, fields))
  return {
    ...(key ? { keyField: key.name } : {}),
    ...(external ? { externalIdField: external.name } : {}),
    problems,
    warnings: [
      ...(key ? keyWarnings(key, describe) : []),
      ...(external ? externalIdWarnings(external, describe) : []),
      ...unusedKeys(spec),
    ],
  }
}

function keyProblems(key: FieldDescribe, describe: ObjectDescribe, fields: readonly PlannedField[]): Problem[] {
  const path = ['keyField']
  const message = filterProblem(key, describe)
  return message === undefined ? constantProblems(path, key, fields) : [{ path, message }]
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
  return constantProblems(path, external, fields)
}

function constantProblems(path: readonly string[], key: FieldDescribe, fields: readonly PlannedField[]): Problem[] {
  const mapped = fields.find(({ name }) => name === key.name)
  if (!mapped || 'column' in mapped.mapping) return []
  return [{ path, message: `${key.name} has the same value for every record; map it to a column` }]
}

function keyWarnings(key: FieldDescribe, describe: ObjectDescribe): string[] {
  if (key.type === 'id' || key.type === 'reference' || key.externalId || key.idLookup || key.unique) return []
  return [`${describe.name}.${key.name} is not indexed: finding records by it is slow in an org with many records`]
}

function externalIdWarnings(external: FieldDescribe, describe: ObjectDescribe): string[] {
  if (external.unique || external.name === 'Id') return []
  return [`${describe.name}.${external.name} is not unique in the org: two runs at once could both create a record`]
}

/** A create that names a key may be meant to find the records that exist already. */
function unusedKeys({ operation, keyField, externalIdField }: SyncSpec): string[] {
  if (operation !== 'create') return []
  const keys = [...(keyField ? ['keyField'] : []), ...(externalIdField ? ['externalIdField'] : [])]
  return keys.map(key => `${key} is not used: create searches for no record, so a record that exists is there twice`)
}
