import type { Operation } from '../../packages/client/contract/operations.ts'
import type { SyncPlan } from '../plan/syncPlan.ts'
import { CLEAR } from '../values/fieldValue.ts'
import type { ValueProblem } from '../values/valueProblem.ts'
import { type CellMaker, compileMakers, compileRowKey, type MappedSource, type RowKey, readValue } from './cellMaker.ts'

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
   * Values that together identify the record: of the key fields on update, of the External ID on upsert. On create of a unique
   * External ID, if one is mapped.
   */
  readonly keys: readonly string[]
  /** API names of the key fields. */
  readonly keyFields: readonly string[]
  /** Equal for two rows about the same record; blank when the key is blank. */
  readonly repeatKey: string
  /** The wave in which the record is sent, where the mapping knows it; absent for the first one. */
  readonly wave?: number
}

/** A source row that is not sent, and why. */
export type RejectedRow = {
  readonly rejected: true
  readonly operation: Operation | ''
  readonly errorCode: string
  readonly errorMessage: string
}

/** How the rows of one operation are mapped. */
export type CellMapping = {
  /** In the order of `wireColumns`. */
  readonly makers: readonly CellMaker[]
  /** Absent when records of the operation have no identifying value. */
  readonly rowKey: RowKey | undefined
  readonly mapRow: (row: readonly string[]) => MappedRow | RejectedRow
  /** The cells of which a new record needs one: the names of a company and of a person. Absent for objects without persons. */
  readonly names: readonly number[] | undefined
}

/** Compiles the cells of one operation. */
export function compileCells(plan: SyncPlan, operation: Operation, source: MappedSource): CellMapping {
  const makers = compileMakers(plan, operation, source)
  const rowKey = compileRowKey(plan, operation, source)
  const keyFields = rowKey?.fields ?? []
  const names = nameCells(plan, operation, makers)
  const isNameless = (cells: readonly string[]) =>
    names?.every(index => cells[index] === '' || cells[index] === CLEAR) === true
  const mapRow = (row: readonly string[]): MappedRow | RejectedRow => {
    const keys = rowKey ? rowKey.read(row) : []
    // Without its key a row has no identity, so other problems are not reported. Most creates need no key.
    if ('code' in keys) return rowKey?.isNeeded ? rejected(operation, keys) : rejectedRow(operation, makers, row)
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
    return { rejected: false, operation, cells, keys, keyFields, repeatKey: rowKey ? rowKey.repeatKey(keys) : '' }
  }
  return { makers, rowKey, mapRow, names }
}

const NO_NAME: ValueProblem = {
  code: 'REQUIRED_FIELD_MISSING',
  message: 'Required fields are missing: [Name]; a person has LastName instead',
}

/** A new account needs the name of a company or that of a person. */
function nameCells(plan: SyncPlan, operation: Operation, makers: readonly CellMaker[]): readonly number[] | undefined {
  if (plan.hasPersons !== true || operation !== 'create') return undefined
  return makers.flatMap(({ target }, index) => (target === 'Name' || target === 'LastName' ? [index] : []))
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
  return rejected(operation, {
    code: first.code,
    message: [...new Set(problems.map(({ message }) => message))].join('; '),
  })
}

const rejected = (operation: Operation, { code, message }: ValueProblem): RejectedRow => ({
  rejected: true,
  operation,
  errorCode: code,
  errorMessage: message,
})
