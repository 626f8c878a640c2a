// What SFDMU does with the records of an object, and how it finds those that exist.
import { didYouMean } from '../../packages/client/contract/nearestName.ts'
import { CommandError } from '../commandError.ts'
import { keyFieldOf } from './sfdmuFields.ts'
import type { SfdmuObject } from './sfdmuScript.ts'

const DELETES =
  'deletes records that a query finds, and a sync those that a file names: write their Ids into a CSV file, and load it with operation: delete'

const OTHERS: Readonly<Record<string, string>> = {
  readonly:
    'is only read to find the parents of other objects, which sflink does by itself: AccountId: { lookup: Account, by: Name, from: column }',
  delete: DELETES,
  harddelete: DELETES,
  deletehierarchy: DELETES,
  deletesource: DELETES,
}

const LOADS = { insert: 'create', update: 'update', upsert: 'upsert' } as const
export type Load = (typeof LOADS)[keyof typeof LOADS]

/** The operation of a sync for the object, or why the object becomes no sync. Throws CommandError when it is unknown. */
export function operationOf(object: SfdmuObject, shown: string): { readonly name: Load } | { readonly reason: string } {
  const { operation = 'Readonly', origin, excluded } = object
  const written = operation.toLowerCase()
  if (excluded) return { reason: 'it is excluded' }
  const other = OTHERS[written]
  if (other !== undefined) return { reason: `the operation ${operation} ${other}` }
  if (!(written in LOADS)) {
    const allowed = [
      'Insert',
      'Update',
      'Upsert',
      'Readonly',
      'Delete',
      'HardDelete',
      'DeleteHierarchy',
      'DeleteSource',
    ]
    throw new CommandError(
      `${shown}: the object ${origin} has the unknown operation ${JSON.stringify(operation)}; allowed: ${allowed.join(', ')}${didYouMean(operation, allowed)}. Correct it, or name the objects to import with --only`,
    )
  }
  // Any fields find the records that are left as they are.
  if (keepsExisting(object)) return { name: 'create' }
  const name = LOADS[written as keyof typeof LOADS]
  const keys = keysOf(object)
  const isParents = object.externalId?.includes('.') === true
  if (name === 'upsert' && (keys.length > 1 || isParents)) {
    return {
      reason: `its externalId ${object.externalId} ${keys.length > 1 ? 'has several fields' : 'is a field of a parent'}, and an upsert goes by one External ID field: add such a field with all of them, or load with the operation Update`,
    }
  }
  return { name }
}

/** Whether only records are created that the org does not have. */
export const keepsExisting = ({ operation = '', skipExistingRecords = false }: SfdmuObject): boolean =>
  skipExistingRecords && operation.toLowerCase() === 'upsert'

/** SFDMU finds records by Name when the object names no field. */
export function keysOf({ externalId = 'Name', operation = '' }: SfdmuObject): readonly string[] {
  if (operation.toLowerCase() === 'insert') return []
  return externalId.split(';').map(name => keyFieldOf(name.trim()))
}

export function keyEntry(name: Load, keys: readonly string[], object: SfdmuObject) {
  const mapped = (object.useFieldMapping ? (object.fieldMapping ?? []) : []).map(
    ({ sourceField, targetField }) => [sourceField, targetField] as const,
  )
  const targets = keys.map(key => mapped.find(([source]) => source === key)?.[1] ?? key)
  const [first] = targets
  if (name === 'upsert') return { externalIdField: first }
  const keyField = targets.length > 1 ? targets : first
  if (keepsExisting(object)) return { keyField, existing: 'keep' }
  return name === 'update' ? { keyField } : {}
}
