import type { Operation } from '../../packages/client/contract/operations.ts'
import { fieldConverter } from '../plan/planField.ts'
import { isRequiredOnCreate } from '../plan/planPermissions.ts'
import { identifyingField, type PlannedField, type SyncPlan, wireColumns } from '../plan/syncPlan.ts'
import { type ByteCheck, neverSent } from '../values/byteCheck.ts'
import { CLEAR, compileByteCheck, compileLookupKey, type LookupLetters, lookupLetters } from '../values/fieldValue.ts'
import { isBlank } from '../values/text.ts'
import type { FieldConverter, ValueProblem } from '../values/valueProblem.ts'

/** The cells of one operation, in the order of `wireColumns`. */
export function compileMakers(
  plan: SyncPlan,
  operation: Operation,
  index: ReadonlyMap<string, number>,
): readonly CellMaker[] {
  return wireColumns(plan, operation).map(({ field }) =>
    field ? cellMaker(plan, operation, field, index) : FOUND_LATER,
  )
}

/** Reads the value that identifies a row's record. */
export type RowKey = {
  /** API name of the field. */
  readonly field: string
  readonly maker: CellMaker
  /** Precedes the key in `repeatKey`; blank while all operations find records by the same field. */
  readonly prefix: string
  /** How `repeatKey` has the letters of a value that is sent as written. */
  readonly letters: LookupLetters
  /** The value as it is sent; a problem when it is not valid, or blank although the record cannot be found without it. */
  readonly read: (row: readonly string[]) => string | ValueProblem
  /** Equal for two values about the same record; blank for a blank value. */
  readonly repeatKey: (value: string) => string
}

/** undefined when records of the operation have no identifying value. */
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
    maker,
    prefix,
    letters: lookupLetters(field.valueField),
    read: operation === 'create' ? row => readValue(maker, row) : row => neededValue(maker, row, field.name),
    repeatKey: value => (value === '' ? '' : prefix + lookupKey(value)),
  }
}

function neededValue(maker: CellMaker, row: readonly string[], field: string): string | ValueProblem {
  const value = readValue(maker, row)
  return value === '' ? { code: 'KEY_BLANK', message: `Key field: ${field} is not present in data` } : value
}

/** Equal values of two different fields do not repeat each other. */
const hasSeveralKeys = (plan: SyncPlan): boolean =>
  new Set(plan.operations.flatMap(operation => identifyingField(plan, operation)?.name ?? [])).size > 1

/** How one cell is made: from a column of the source, or the same for every row. */
export type CellMaker = {
  /** The field that is set. */
  readonly target: string
  /** Position in the source row; -1 for a constant. */
  readonly position: number
  readonly constant: string
  readonly convert: FieldConverter
  /** Whether bytes are sent as they are. */
  readonly isSent: ByteCheck
  /** What a blank value becomes; undefined when it may not be blank. */
  readonly blankCell: string | undefined
}

/** The `Id` of a record that is found by its key field before sending. */
const FOUND_LATER: CellMaker = {
  target: 'Id',
  position: -1,
  constant: '',
  convert: raw => raw,
  isSent: neverSent,
  blankCell: '',
}

/** The value of a row in the form that is sent; blank when the source value is blank. */
export function readValue(maker: CellMaker, row: readonly string[]): string | ValueProblem {
  if (maker.position < 0) return maker.constant
  const raw = row[maker.position] as string
  return isBlank(raw) ? '' : maker.convert(raw)
}

function cellMaker(
  plan: SyncPlan,
  operation: Operation,
  field: PlannedField,
  index: ReadonlyMap<string, number>,
): CellMaker {
  const { mapping, target } = field
  const column = 'column' in mapping ? mapping.column : ''
  const convert = fieldConverter(field, plan.formats, plan.keyPrefix)
  const given = 'value' in mapping && !isBlank(mapping.value) ? convert(mapping.value) : ''
  return {
    target: target.name,
    position: 'column' in mapping ? (index.get(column) ?? -1) : -1,
    // The plan rejects constants that cannot be converted.
    constant: typeof given === 'string' ? given : '',
    convert,
    isSent: byteCheck(plan, field, convert),
    blankCell: blankCell(plan, operation, field),
  }
}

function byteCheck({ formats, keyPrefix }: SyncPlan, field: PlannedField, convert: FieldConverter): ByteCheck {
  // The name of a record type becomes an Id.
  if (field.recordTypes) return neverSent
  return compileByteCheck({
    field: field.valueField,
    formats,
    keyPrefix: field.name === 'Id' ? keyPrefix : null,
    convert,
  })
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
