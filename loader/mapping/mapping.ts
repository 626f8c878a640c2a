import { didYouMean } from '../../packages/client/contract/nearestName.ts'
import type { Operation } from '../../packages/client/contract/syncSpec.ts'
import type { SyncPlan } from '../plan/plan.ts'
import { compileCells } from './mapCells.ts'
import { compileOperation } from './operationColumn.ts'

/** A source row, ready to be sent. */
export type MappedRow = {
  readonly rejected: false
  readonly operation: Operation
  /**
   * Values in the order of `wireColumns`: blank is left out, `CLEAR` clears. On update by another field than `Id` the
   * first cell is blank until the record is found.
   */
  readonly cells: readonly string[]
  /**
   * Value that tells the record apart: of the key field on update, of the External ID on upsert. On create of a unique
   * External ID, if one is mapped; else blank.
   */
  readonly key: string
  /** API name of the field that the key is of; blank when there is none. */
  readonly keyField: string
  /** Two rows with the same one are about the same record; blank when the key is. */
  readonly repeatKey: string
}

/** A source row that is not sent, and why. */
export type RejectedRow = {
  readonly rejected: true
  readonly operation: Operation | ''
  readonly errorCode: string
  readonly errorMessage: string
}

export type CompiledMapping = {
  /** Called once per record: never throws, for a rejected record is a value. */
  readonly mapRow: (row: readonly string[]) => MappedRow | RejectedRow
  /** Values of the identity fields; blank where a ragged row has none. */
  readonly identity: (row: readonly string[]) => readonly string[]
}

export type CompileMappingResult =
  | { readonly ok: true; readonly mapping: CompiledMapping }
  | { readonly ok: false; readonly problems: readonly string[] }

/** Holds the plan against the header of the source and compiles it into a function per row. */
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

/** Every column that the plan needs and the header lacks, in one line each. */
function headerProblems(plan: SyncPlan, header: readonly string[]): string[] {
  const needed: (readonly [use: string, column: string])[] = plan.fields.flatMap(({ name, mapping }) =>
    'column' in mapping ? [[`fields.${name}`, mapping.column] as const] : [],
  )
  if (typeof plan.operation !== 'string') needed.push(['operation', plan.operation.column])
  needed.push(...plan.identityFields.map(column => ['identityFields', column] as const))
  const present = new Set(header)
  return needed
    .filter(([, column]) => !present.has(column))
    .map(([use, column]) => {
      const hint = didYouMean(column, header)
      return `${use}: column "${column}" is not in the header of the source${hint}; the header has: ${header.join(', ')}`
    })
}

function raggedRow(fields: number, expected: number): RejectedRow {
  return {
    rejected: true,
    operation: '',
    errorCode: 'RAGGED_ROW',
    errorMessage: `Row has ${fields} values, the header has ${expected} columns; check its delimiters and quotes`,
  }
}
