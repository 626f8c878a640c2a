import { CLEAR, compileConverter, compileLookupKey } from './fieldValue.ts'
import type { MappedRow, RefusedRow } from './mapping.ts'
import type { PlannedField, SyncPlan } from './plan.ts'
import { isRequiredOnCreate } from './planPermissions.ts'
import type { Operation } from './spec.ts'
import { isBlank } from './values/text.ts'
import type { FieldConverter, ValueProblem } from './values/valueProblem.ts'
import { wireColumns } from './wireColumns.ts'

/** How one cell is made: from a column of the source, or the same for every row. */
type CellMaker = {
  readonly target: string
  /** Position in the source row; -1 for a constant. */
  readonly position: number
  readonly constant: string
  readonly convert: FieldConverter
  /** What a blank value becomes; undefined when it may not be blank. */
  readonly blankCell: string | undefined
}

type KeyReader = { readonly maker: CellMaker; readonly field: string; readonly repeatKey: (value: string) => string }

/** Compiles the cells of one operation, in the order of `wireColumns`. */
export function compileCells(
  plan: SyncPlan,
  operation: Operation,
  index: ReadonlyMap<string, number>,
): (row: readonly string[]) => MappedRow | RefusedRow {
  const makers = wireColumns(plan, operation).map(({ field }) =>
    field ? cellMaker(plan, operation, field, index) : FOUND_LATER,
  )
  const key = keyReader(plan, operation, index)
  return row => {
    let keyValue = ''
    if (key) {
      const value = readValue(key.maker, row)
      if (typeof value !== 'string') return refused(operation, value)
      if (value === '') return refused(operation, blankKey(key.field))
      keyValue = value
    }
    const cells: string[] = new Array(makers.length)
    let isEmpty = true
    for (let i = 0; i < makers.length; i++) {
      const maker = makers[i] as CellMaker
      const value = readValue(maker, row)
      if (typeof value !== 'string') return refusedRow(operation, makers, row)
      const cell = value === '' ? maker.blankCell : value
      if (cell === undefined) return refusedRow(operation, makers, row)
      if (cell !== '') isEmpty = false
      cells[i] = cell
    }
    // An empty record would be a blank line of CSV, which is no record to Salesforce.
    if (isEmpty && !key) return refused(operation, NOTHING_TO_SEND)
    return { refused: false, operation, cells, key: keyValue, repeatKey: key ? key.repeatKey(keyValue) : '' }
  }
}

const NOTHING_TO_SEND: ValueProblem = { code: 'REQUIRED_FIELD_MISSING', message: 'Row has no value to send' }

/** The `Id` of a record that is found by its key field before sending. */
const FOUND_LATER: CellMaker = { target: 'Id', position: -1, constant: '', convert: raw => raw, blankCell: '' }

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
  const { mapping, target, valueField } = field
  const column = 'column' in mapping ? mapping.column : ''
  const convert = compileConverter(valueField, plan.formats, column, field.name === 'Id' ? plan.keyPrefix : null)
  const given = 'value' in mapping && !isBlank(mapping.value) ? convert(mapping.value) : ''
  return {
    target: target.name,
    position: 'column' in mapping ? (index.get(column) ?? -1) : -1,
    // The plan refuses constants that cannot be put in form.
    constant: typeof given === 'string' ? given : '',
    convert,
    blankCell: blankCell(plan, operation, field),
  }
}

/**
 * A field that must have a value may not be blank where a record is created, or where blank clears. A checkbox has no
 * blank state, so it is left alone.
 */
function blankCell(plan: SyncPlan, operation: Operation, { target }: PlannedField): string | undefined {
  if (operation === 'create' && isRequiredOnCreate(target)) return undefined
  if (plan.blank === 'ignore' || target.type === 'boolean') return ''
  if (target.nillable) return CLEAR
  return operation === 'create' ? '' : undefined
}

function keyReader(plan: SyncPlan, operation: Operation, index: ReadonlyMap<string, number>): KeyReader | undefined {
  if (operation === 'create') return undefined
  const name = operation === 'update' ? plan.keyField : plan.externalIdField
  const field = plan.fields.find(candidate => candidate.name === name)
  if (!field) return undefined
  const lookupKey = compileLookupKey(field.valueField)
  // Keys of two fields are no repeats of one another.
  const isShared = operation === 'upsert' && plan.keyField !== undefined && plan.keyField !== plan.externalIdField
  const repeatKey = isShared ? (value: string) => `upsert ${lookupKey(value)}` : lookupKey
  return { maker: cellMaker(plan, operation, field, index), field: field.name, repeatKey }
}

function blankKey(field: string): ValueProblem {
  return { code: 'KEY_BLANK', message: `Key field: ${field} is not present in data` }
}

/** All that is wrong with a row, so that it is mended once: the required fields it lacks, then its values. */
function refusedRow(operation: Operation, makers: readonly CellMaker[], row: readonly string[]): RefusedRow {
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
  return refused(operation, { code: first.code, message: problems.map(({ message }) => message).join('; ') })
}

function refused(operation: Operation, { code, message }: ValueProblem): RefusedRow {
  return { refused: true, operation, errorCode: code, errorMessage: message }
}
