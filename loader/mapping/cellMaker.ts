import type { Operation } from '../../packages/client/contract/operations.ts'
import { isRequiredOnCreate } from '../plan/planPermissions.ts'
import type { PlannedField, SyncPlan } from '../plan/syncPlan.ts'
import { CLEAR, compileConverter } from '../values/fieldValue.ts'
import { isBlank } from '../values/text.ts'
import type { FieldConverter, ValueProblem } from '../values/valueProblem.ts'

/** How one cell is made: from a column of the source, or the same for every row. */
export type CellMaker = {
  /** The field that is set. */
  readonly target: string
  /** Position in the source row; -1 for a constant. */
  readonly position: number
  readonly constant: string
  readonly convert: FieldConverter
  /** What a blank value becomes; undefined when it may not be blank. */
  readonly blankCell: string | undefined
}

/** The `Id` of a record that is found by its key field before sending. */
export const FOUND_LATER: CellMaker = { target: 'Id', position: -1, constant: '', convert: raw => raw, blankCell: '' }

/** The value of a row in the form that is sent; blank when the source value is blank. */
export function readValue(maker: CellMaker, row: readonly string[]): string | ValueProblem {
  if (maker.position < 0) return maker.constant
  const raw = row[maker.position] as string
  return isBlank(raw) ? '' : maker.convert(raw)
}

export function cellMaker(
  plan: SyncPlan,
  operation: Operation,
  field: PlannedField,
  index: ReadonlyMap<string, number>,
): CellMaker {
  const { mapping, target, valueField } = field
  const column = 'column' in mapping ? mapping.column : ''
  const convert = compileConverter(valueField, plan.formats, column, field.name === 'Id' ? plan.keyPrefix : null)
  const given = 'value' in mapping && !isBlank(mapping.value) ? convert(mapping.value) : ''
  return {
    target: target.name,
    position: 'column' in mapping ? (index.get(column) ?? -1) : -1,
    // The plan rejects constants that cannot be converted.
    constant: typeof given === 'string' ? given : '',
    convert,
    blankCell: blankCell(plan, operation, field),
  }
}

/**
 * A field that must have a value may not be blank where a record is created, or when a blank value clears the field. A checkbox has no
 * blank state, so it is left out.
 */
function blankCell(plan: SyncPlan, operation: Operation, { target }: PlannedField): string | undefined {
  if (operation === 'create' && isRequiredOnCreate(target)) return undefined
  if (plan.blank === 'ignore' || target.type === 'boolean') return ''
  if (target.nillable) return CLEAR
  return operation === 'create' ? '' : undefined
}
