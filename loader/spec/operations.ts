import type { Operation, SyncSpec } from '../../packages/client/contract/syncSpec.ts'

/**
 * The operations that a record of the run may ask for. A column may name create, and any other for which the spec
 * has a key.
 */
export function possibleOperations(spec: SyncSpec): readonly Operation[] {
  if (typeof spec.operation === 'string') return [spec.operation]
  const operations: Operation[] = ['create']
  if (spec.keyField !== undefined || isMapped(spec, 'Id')) operations.push('update')
  if (spec.externalIdField !== undefined) operations.push('upsert')
  return operations
}

/** Whether the spec maps the field; letter case does not count in Salesforce's API names. */
export function isMapped(spec: SyncSpec, field: string): boolean {
  const wanted = field.toLowerCase()
  return Object.keys(spec.fields).some(name => name.toLowerCase() === wanted)
}
