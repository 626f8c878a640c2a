import type { Operation } from '../../packages/client/contract/operations.ts'
import { fieldConverter } from '../plan/planField.ts'
import { isRequiredOnCreate } from '../plan/planPermissions.ts'
import { identifyingField, type PlannedField, type SyncPlan, wireColumns } from '../plan/syncPlan.ts'
import { CLEAR, compileLookupKey } from '../values/fieldValue.ts'
import { isBlank } from '../values/text.ts'
import type { FieldConverter, ValueProblem } from '../values/valueProblem.ts'

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
   * Value that identifies the record: of the key field on update, of the External ID on upsert. On create of a unique
   * External ID, if one is mapped; else blank.
   */
  readonly key: string
  /** API name of the key field; blank without a key. */
  readonly keyField: string
  /** Equal for two rows about the same record; blank when the key is blank. */
  readonly repeatKey: string
}

/** A source row that is not sent, and why. */
export type RejectedRow = {
  readonly rejected: true
  readonly operation: Operation | ''
  readonly errorCode: string
  readonly errorMessage: string
}

/** Compiles the cells of one operation, in the order of `wireColumns`. */
export function compileCells(
  plan: SyncPlan,
  operation: Operation,
  index: ReadonlyMap<string, number>,
): (row: readonly string[]) => MappedRow | RejectedRow {
  const makers = wireColumns(plan, operation).map(({ field }) =>
    field ? cellMaker(plan, operation, field, index) : FOUND_LATER,
  )
  const rowKey = compileRowKey(plan, operation, index)
  const keyField = rowKey?.field ?? ''
  const isNameless = compileNameCheck(plan, operation, makers)
  return row => {
    const key = rowKey ? rowKey.read(row) : ''
    // Without its key a row has no identity, so other problems are not reported. A create needs no key.
    if (typeof key !== 'string')
      return operation === 'create' ? rejectedRow(operation, makers, row) : rejected(operation, key)
    const cells: string[] = new Array(makers.length)
    let isEmpty = true
    for (let i = 0; i < makers.length; i++) {
      const maker = makers[i] as CellMaker
      const value = readValue(maker, row)
      if (typeof value !== 'string') return rejectedRow(operation, makers, row)
      const cell = value === '' ? maker.blankCell : value
      if (cell === undefined) return rejectedRow(operation, makers, row)
      if (cell !== '') isEmpty = false
      cells[i] = cell
    }
    // An empty record would be a blank line of CSV, which Salesforce ignores.
    if (isEmpty && operation === 'create') return rejected(operation, NOTHING_TO_SEND)
    if (isNameless(cells)) return rejected(operation, NO_NAME)
    return { rejected: false, operation, cells, key, keyField, repeatKey: rowKey ? rowKey.repeatKey(key) : '' }
  }
}

const NO_NAME: ValueProblem = {
  code: 'REQUIRED_FIELD_MISSING',
  message: 'Required fields are missing: [Name]; a person has LastName instead',
}

/** Whether a new account has neither the name of a company nor that of a person. */
function compileNameCheck(
  plan: SyncPlan,
  operation: Operation,
  makers: readonly CellMaker[],
): (cells: readonly string[]) => boolean {
  if (plan.hasPersons !== true || operation !== 'create') return () => false
  const names = makers.flatMap(({ target }, index) => (target === 'Name' || target === 'LastName' ? [index] : []))
  return cells => names.every(index => cells[index] === '' || cells[index] === CLEAR)
}

const NOTHING_TO_SEND: ValueProblem = { code: 'REQUIRED_FIELD_MISSING', message: 'Row has no value to send' }

/** All problems of a row, so that it is corrected once: missing required fields, then values. */
function rejectedRow(operation: Operation, makers: readonly CellMaker[], row: readonly string[]): RejectedRow {
  const missing: string[] = []
  const problems: ValueProblem[] = []
  for (const maker of makers) {
    const value = readValue(maker, row)
    if (typeof value !== 'string') problems.push(value)
    else if (value === '' && maker.blankCell === undefined) missing.push(maker.target)
  }
  if (missing.length > 0) {
    problems.unshift({
      code: 'REQUIRED_FIELD_MISSING',
      message: `Required fields are missing: [${missing.join(', ')}]`,
    })
  }
  const [first = NOTHING_TO_SEND] = problems
  return rejected(operation, { code: first.code, message: problems.map(({ message }) => message).join('; ') })
}

const rejected = (operation: Operation, { code, message }: ValueProblem): RejectedRow => ({
  rejected: true,
  operation,
  errorCode: code,
  errorMessage: message,
})

/** Reads the value that identifies a row's record. */
type RowKey = {
  /** API name of the field. */
  readonly field: string
  /** The value as it is sent; a problem when it is not valid, or blank although the record cannot be found without it. */
  readonly read: (row: readonly string[]) => string | ValueProblem
  /** Equal for two values about the same record; blank for a blank value. */
  readonly repeatKey: (value: string) => string
}

/** undefined when records of the operation have no identifying value. */
function compileRowKey(plan: SyncPlan, operation: Operation, index: ReadonlyMap<string, number>): RowKey | undefined {
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

/** Equal values of two different fields do not repeat each other. */
const hasSeveralKeys = (plan: SyncPlan): boolean =>
  new Set(plan.operations.flatMap(operation => identifyingField(plan, operation)?.name ?? [])).size > 1

/** How one cell is made: from a column of the source, or the same for every row. */
type CellMaker = {
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
const FOUND_LATER: CellMaker = { target: 'Id', position: -1, constant: '', convert: raw => raw, blankCell: '' }

/** The value of a row in the form that is sent; blank when the source value is blank. */
function readValue(maker: CellMaker, row: readonly string[]): string | ValueProblem {
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
