import type { Operation } from '../../packages/client/contract/operations.ts'
import { identifyingField, type SyncPlan } from '../plan/syncPlan.ts'
import { compileLookupKey } from '../values/fieldValue.ts'
import type { ValueProblem } from '../values/valueProblem.ts'
import { type CellMaker, cellMaker, readValue } from './cellMaker.ts'

/** Reads the value that tells a row's record apart. */
export type RowKey = {
  /** API name of the field. */
  readonly field: string
  /** The value as it is sent; a problem when it is not in form, or blank where the record cannot be found without. */
  readonly read: (row: readonly string[]) => string | ValueProblem
  /** The form in which two values are about the same record; blank for a blank value. */
  readonly repeatKey: (value: string) => string
}

/** undefined when records of the operation have nothing that tells them apart. */
export function compileRowKey(
  plan: SyncPlan,
  operation: Operation,
  index: ReadonlyMap<string, number>,
): RowKey | undefined {
  const field = identifyingField(plan, operation)
  if (!field) return undefined
  const maker = cellMaker(plan, operation, field, index)
  const lookupKey = compileLookupKey(field.valueField)
  const prefix = hasSeveralKeys(plan) ? `${field.name} ` : ''
  return {
    field: field.name,
    read: operation === 'create' ? row => readValue(maker, row) : row => neededValue(maker, row, field.name),
    repeatKey: value => (value === '' ? '' : prefix + lookupKey(value)),
  }
}

function neededValue(maker: CellMaker, row: readonly string[], field: string): string | ValueProblem {
  const value = readValue(maker, row)
  return value === '' ? { code: 'KEY_BLANK', message: `Key field: ${field} is not present in data` } : value
}

/** Equal values of two fields are no repeats of one another. */
function hasSeveralKeys(plan: SyncPlan): boolean {
  return new Set(plan.operations.flatMap(operation => identifyingField(plan, operation)?.name ?? [])).size > 1
}
