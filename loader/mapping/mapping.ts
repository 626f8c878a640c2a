import { sourceColumns } from '../../packages/client/contract/fieldMapping.ts'
import { OPERATIONS, type Operation } from '../../packages/client/contract/operations.ts'
import { ownColumns } from '../plan/selfReferences.ts'
import { keyOfField, type SyncPlan } from '../plan/syncPlan.ts'
import { trimValue } from '../values/text.ts'
import { shownValue } from '../values/valueProblem.ts'
import { findColumns, type NeededColumn } from './columnNames.ts'
import { type CellMapping, compileCells, type MappedRow, type RejectedRow } from './mapCells.ts'
import type { ParentTables } from './parentTable.ts'
import { compileRowShape, type RowShape } from './rowShape.ts'

export type CompiledMapping = {
  /** Called once per record: never throws, because a rejected record is a value. */
  readonly mapRow: (row: readonly string[]) => MappedRow | RejectedRow
  /** The key of a row as it is compared, also of one that is rejected; undefined when it has none that can be read. */
  readonly keyOf: (row: readonly string[]) => readonly string[] | undefined
  /** Values of the identity fields; blank when a ragged row lacks them. */
  readonly identity: (row: readonly string[]) => readonly string[]
  /** Position of a column that the plan needs. */
  readonly positionOf: (column: string) => number
  /** The parts of `mapRow`. */
  readonly operationOf: (value: string) => Operation | RejectedRow
  readonly cellsOf: Readonly<Record<Operation, CellMapping>>
}

export type CompileMappingResult =
  | { readonly ok: true; readonly mapping: CompiledMapping }
  | { readonly ok: false; readonly problems: readonly string[] }

/** Validates the plan against the header of the source and compiles it into a function per row. */
export function compileMapping(
  plan: SyncPlan,
  header: readonly string[],
  { parents = new Map(), ...rowShape }: RowShape & { readonly parents?: ParentTables } = {},
): CompileMappingResult {
  const columns = findColumns(neededColumns(plan), header)
  if (!columns.ok) return columns
  const index = columns.positions
  const source = { index, parents }
  const operationOf = compileOperation(plan)
  const operationAt = typeof plan.operation === 'string' ? -1 : (index.get(plan.operation.column) ?? -1)
  const cellsOf = {
    create: compileCells(plan, 'create', source),
    update: compileCells(plan, 'update', source),
    upsert: compileCells(plan, 'upsert', source),
    delete: compileCells(plan, 'delete', source),
  }
  const shapeOf = compileRowShape(header, rowShape)
  const identityIndexes = plan.identityFields.map(name => index.get(name) ?? -1)
  const mapRow = (values: readonly string[]): MappedRow | RejectedRow => {
    const row = shapeOf(values)
    if ('rejected' in row) return row
    const operation = operationOf(row[operationAt] ?? '')
    return typeof operation === 'string' ? cellsOf[operation].mapRow(row) : operation
  }
  const keyOf = (values: readonly string[]): readonly string[] | undefined => {
    const row = shapeOf(values)
    if ('rejected' in row) return undefined
    const operation = operationOf(row[operationAt] ?? '')
    const key = typeof operation === 'string' ? cellsOf[operation].rowKey?.read(row) : undefined
    return key === undefined || 'code' in key || key.includes('') ? undefined : key
  }
  const identity = (row: readonly string[]) => identityIndexes.map(position => row[position] ?? '')
  const positionOf = (column: string) => index.get(column) ?? -1
  return { ok: true, mapping: { mapRow, keyOf, identity, positionOf, operationOf, cellsOf } }
}

/** The columns of the source that the plan needs. */
function neededColumns(plan: SyncPlan): readonly NeededColumn[] {
  // Both parts of a geolocation need the same column.
  const mappings = new Map(plan.fields.map(field => [keyOfField(field), field.mapping]))
  const needed: NeededColumn[] = [...mappings].flatMap(([name, mapping]) => [
    ...sourceColumns(mapping).map(column => ({ use: `fields.${name}`, column })),
    ...ownColumns(mapping, plan.identityFields).map(column => ({ use: `fields.${name}.by`, column })),
  ])
  if (typeof plan.operation !== 'string') needed.push({ use: 'operation', column: plan.operation.column })
  needed.push(...plan.identityFields.map(column => ({ use: 'identityFields', column })))
  return needed
}

const BY_NAME: ReadonlyMap<string, Operation> = new Map(OPERATIONS.map(operation => [operation, operation]))

/** The operation of a row by the value of its column, in any letter case, or the run's only operation. */
function compileOperation(plan: SyncPlan): (value: string) => Operation | RejectedRow {
  const { operation } = plan
  if (typeof operation === 'string') return () => operation
  const { column } = operation
  return raw => {
    const asked = BY_NAME.get(raw) ?? BY_NAME.get(trimValue(raw).toLowerCase())
    if (asked === undefined) return unknownOperation(raw, column)
    return plan.operations.includes(asked) ? asked : impossible(asked, plan, column)
  }
}

function unknownOperation(raw: string, column: string): RejectedRow {
  const given = raw === '' ? 'No operation is given' : `${shownValue(raw)} is not an operation`
  return rejection('', `${given}; expected Create, Update, Upsert or Delete (column ${column})`)
}

function impossible(operation: Operation, { object, keyFields }: SyncPlan, column: string): RejectedRow {
  if (operation === 'delete' && keyFields !== undefined) {
    const remedy = 'give it that permission on the object'
    return rejection(operation, `The integration user may not delete ${object} records; ${remedy} (column ${column})`)
  }
  const lacking = operation === 'upsert' ? 'externalIdField' : 'keyField'
  return rejection(
    operation,
    `The sync spec has no ${lacking}, so no record can be found for ${operation} (column ${column})`,
  )
}

const rejection = (operation: Operation | '', errorMessage: string): RejectedRow => ({
  rejected: true,
  operation,
  errorCode: 'INVALID_OPERATION',
  errorMessage,
})
