import type { Operation } from '../../packages/client/contract/operations.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'

/**
 * The operations that a record of the run may request. A column may name create, and each operation that the spec has a
 * key for.
 */
export function possibleOperations(spec: SyncSpec): readonly Operation[] {
  if (typeof spec.operation === 'string') return [spec.operation]
  const operations: Operation[] = ['create']
  if (spec.keyField !== undefined || isMapped(spec, 'Id')) operations.push('update')
  if (spec.externalIdField !== undefined) operations.push('upsert')
  return operations
}

/** Whether the spec maps the field; Salesforce's API names are case-insensitive. */
export function isMapped(spec: SyncSpec, field: string): boolean {
  const wanted = field.toLowerCase()
  return Object.keys(spec.fields).some(name => name.toLowerCase() === wanted)
}
