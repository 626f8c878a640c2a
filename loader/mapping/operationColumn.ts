import { OPERATIONS, type Operation } from '../../packages/client/contract/syncSpec.ts'
import type { SyncPlan } from '../plan/plan.ts'
import { trimValue } from '../values/text.ts'
import { shownValue } from '../values/valueProblem.ts'
import type { RejectedRow } from './mapping.ts'

const BY_NAME: ReadonlyMap<string, Operation> = new Map(OPERATIONS.map(operation => [operation, operation]))

/** What is to be done with a row: the run's one operation, or the one its column names in any letter case. */
export function compileOperation(
  plan: SyncPlan,
  index: ReadonlyMap<string, number>,
): (row: readonly string[]) => Operation | RejectedRow {
  const { operation } = plan
  if (typeof operation === 'string') return () => operation
  const { column } = operation
  const position = index.get(column) ?? -1
  return row => {
    const raw = row[position] ?? ''
    const asked = BY_NAME.get(raw) ?? BY_NAME.get(trimValue(raw).toLowerCase())
    if (asked === undefined) return unknownOperation(raw, column)
    return plan.operations.includes(asked) ? asked : impossible(asked, column)
  }
}

function unknownOperation(raw: string, column: string): RejectedRow {
  const given = raw === '' ? 'No operation is given' : `${shownValue(raw)} is no operation`
  return rejection('', `${given}; expected Create, Update or Upsert (column ${column})`)
}

function impossible(operation: Operation, column: string): RejectedRow {
  const lacking = operation === 'update' ? 'keyField' : 'externalIdField'
  return rejection(
    operation,
    `The sync spec has no ${lacking}, so no record can be found for ${operation} (column ${column})`,
  )
}

function rejection(operation: Operation | '', errorMessage: string): RejectedRow {
  return { rejected: true, operation, errorCode: 'INVALID_OPERATION', errorMessage }
}
