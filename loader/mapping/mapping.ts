import { didYouMean } from '../../packages/client/contract/nearestName.ts'
import { OPERATIONS, type Operation } from '../../packages/client/contract/operations.ts'
import type { SyncPlan } from '../plan/syncPlan.ts'
import { SHOWN_PROBLEMS } from '../spec/runRejectedError.ts'
import { trimValue } from '../values/text.ts'
import { shownValue } from '../values/valueProblem.ts'
import { compileCells, type MappedRow, type RejectedRow } from './mapCells.ts'

export type CompiledMapping = {
  /** Called once per record: never throws, because a rejected record is a value. */
  readonly mapRow: (row: readonly string[]) => MappedRow | RejectedRow
  /** Values of the identity fields; blank when a ragged row lacks them. */
  readonly identity: (row: readonly string[]) => readonly string[]
}

export type CompileMappingResult =
  | { readonly ok: true; readonly mapping: CompiledMapping }
  | { readonly ok: false; readonly problems: readonly string[] }

/** Validates the plan against the header of the source and compiles it into a function per row. */
export function compileMapping(plan: SyncPlan, header: readonly string[]): CompileMappingResult {
  const problems = headerProblems(plan, header)
  if (problems.length > 0) return { ok: false, problems }
  const index = new Map(header.map((name, position) => [name, position]))
  const operationOf = compileOperation(plan, index)
  const cellsOf = {
    create: compileCells(plan, 'create', index),
    update: compileCells(plan, 'update', index),
    upsert: compileCells(plan, 'upsert', index),
  }
  const identityIndexes = plan.identityFields.map(name => index.get(name) ?? -1)
  const mapRow = (row: readonly string[]): MappedRow | RejectedRow => {
    if (row.length !== header.length) return raggedRow(row.length, header.length)
    const operation = operationOf(row)
    return typeof operation === 'string' ? cellsOf[operation](row) : operation
  }
  const identity = (row: readonly string[]) => identityIndexes.map(position => row[position] ?? '')
  return { ok: true, mapping: { mapRow, identity } }
}

// Characters of the header in a message; a header may have 1 MB.
const SHOWN_HEADER = 1_000

/** Every column that the plan needs and the header lacks, one message each. The first message has the header. */
function headerProblems(plan: SyncPlan, header: readonly string[]): string[] {
  const needed: (readonly [use: string, column: string])[] = plan.fields.flatMap(({ name, mapping }) =>
    'column' in mapping ? [[`fields.${name}`, mapping.column] as const] : [],
  )
  if (typeof plan.operation !== 'string') needed.push(['operation', plan.operation.column])
  needed.push(...plan.identityFields.map(column => ['identityFields', column] as const))
  const present = new Set(header)
  return needed
    .filter(([, column]) => !present.has(column))
    .map(([use, column], index) => {
      const hint = index < SHOWN_PROBLEMS ? didYouMean(column, header) : ''
      const listed = index === 0 ? `; the header has: ${shownHeader(header)}` : ''
      return `${use}: column "${column}" is not in the header of the source${hint}${listed}`
    })
}

/** Names that contain a comma are quoted, so that one name does not look like two. */
function shownHeader(header: readonly string[]): string {
  const names = header.map(name => (/[,;"]/.test(name) ? JSON.stringify(name) : name)).join(', ')
  return names.length > SHOWN_HEADER ? `${names.slice(0, SHOWN_HEADER)}… (${header.length} columns)` : names
}

function raggedRow(fields: number, expected: number): RejectedRow {
  return {
    rejected: true,
    operation: '',
    errorCode: 'RAGGED_ROW',
    errorMessage: `Row has ${fields} values, the header has ${expected} columns; check its delimiters and quotes`,
  }
}

const BY_NAME: ReadonlyMap<string, Operation> = new Map(OPERATIONS.map(operation => [operation, operation]))

/** The operation of a row: the run's only operation, or the one that its column names in any letter case. */
function compileOperation(
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
  const given = raw === '' ? 'No operation is given' : `${shownValue(raw)} is not an operation`
  return rejection('', `${given}; expected Create, Update or Upsert (column ${column})`)
}

function impossible(operation: Operation, column: string): RejectedRow {
  const lacking = operation === 'update' ? 'keyField' : 'externalIdField'
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
