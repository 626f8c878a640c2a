import { type FieldMapping, isFileMapping, sourceColumns } from '../../packages/client/contract/fieldMapping.ts'
import type { Operation } from '../../packages/client/contract/operations.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import { columnConverter, fieldConverter } from '../plan/planField.ts'
import { isRequiredOnCreate } from '../plan/planPermissions.ts'
import { isSelfMapping } from '../plan/selfReferences.ts'
import {
  fillsBlanks,
  identifyingFields,
  keepsExisting,
  type PlannedField,
  type SyncPlan,
  wireColumns,
} from '../plan/syncPlan.ts'
import { type ByteCheck, neverSent, wordCheck } from '../values/byteCheck.ts'
import { CLEAR, compileByteCheck, compileLookupKey, type LookupLetters, lookupLetters } from '../values/fieldValue.ts'
import { type DependentConverter, hasCountries, stateConverter } from '../values/stateCode.ts'
import { isBlank } from '../values/text.ts'
import { isTranslated } from '../values/valueMap.ts'
import type { FieldConverter, ValueProblem } from '../values/valueProblem.ts'
import { type ParentCell, type ParentTables, parentOf } from './parentTable.ts'

/** What the cells are made from. */
export type MappedSource = {
  /** Positions of the columns by name. */
  readonly index: ReadonlyMap<string, number>
  readonly parents: ParentTables
}

/** The cells of one operation, in the order of `wireColumns`. */
export function compileMakers(plan: SyncPlan, operation: Operation, source: MappedSource): readonly CellMaker[] {
  return wireColumns(plan, operation).map(({ field }) =>
    field === undefined || isSelfMapping(field.mapping) ? FOUND_LATER : cellMaker(plan, operation, field, source),
  )
}

/** Reads the values that together identify a row's record. */
export type RowKey = {
  /** API names of the fields. */
  readonly fields: readonly string[]
  readonly makers: readonly CellMaker[]
  /** Precedes the key in `repeatKey`; blank while all operations find records by the same fields. */
  readonly prefix: string
  /** Whether a row without a value of it is rejected. */
  readonly isNeeded: boolean
  /** How `repeatKey` has the letters of a value that is sent as written; undefined for several values, too. */
  readonly letters: LookupLetters
  /** The values as they are sent; a problem when one is not valid, or blank although the record cannot be found without it. */
  readonly read: (row: readonly string[]) => readonly string[] | ValueProblem
  /** Equal for two keys of the same record; blank for a blank key of a create. */
  readonly repeatKey: (values: readonly string[]) => string
}

/** undefined when records of the operation have no identifying value. */
export function compileRowKey(plan: SyncPlan, operation: Operation, source: MappedSource): RowKey | undefined {
  const fields = identifyingFields(plan, operation)
  const [first] = fields
  if (first === undefined) return undefined
  const makers = fields.map(field => cellMaker(plan, operation, field, source))
  const lookupKeys = fields.map(({ valueField }) => compileLookupKey(valueField))
  const names = fields.map(({ name }) => name)
  const prefix = hasSeveralKeys(plan) ? `${names.join(',')} ` : ''
  const isNeeded = operation !== 'create' || keepsExisting(plan, operation)
  return {
    fields: names,
    makers,
    prefix,
    isNeeded,
    letters: fields.length === 1 ? lookupLetters(first.valueField) : undefined,
    read: row => {
      const values: string[] = []
      for (const [at, maker] of makers.entries()) {
        const value = isNeeded ? neededValue(maker, row, names[at] as string) : readValue(maker, row)
        if (typeof value !== 'string') return value
        values.push(value)
      }
      return values
    },
    repeatKey: values => {
      if (values.includes('')) return ''
      const keys = values.map((value, at) => lookupKeys[at]?.(value) ?? value)
      // A list as JSON, so that values with any separator stay apart.
      return prefix + (keys.length === 1 ? keys[0] : JSON.stringify(keys))
    },
  }
}

function neededValue(maker: CellMaker, row: readonly string[], field: string): string | ValueProblem {
  const value = readValue(maker, row)
  return value === '' ? { code: 'KEY_BLANK', message: `Key field: ${field} is not present in data` } : value
}

/** Equal values of two different fields do not repeat each other. */
function hasSeveralKeys(plan: SyncPlan): boolean {
  const keys = plan.operations.map(operation =>
    identifyingFields(plan, operation)
      .map(({ name }) => name)
      .join(','),
  )
  return new Set(keys.filter(key => key !== '')).size > 1
}

/** How one cell is made: from a column of the source, or the same for every row. */
export type CellMaker = {
  /** The field that is set. */
  readonly target: string
  /** Position in the source row, the first one of a parent; -1 for a constant. */
  readonly position: number
  /** Present when the value is the Id of a parent that columns find. */
  readonly parent?: ParentCell
  /** Present when the value of another field decides what the column means: the country of a state. */
  readonly within?: { readonly by: CellMaker; readonly convert: DependentConverter }
  /** The value of every row without a position, and of a blank cell. */
  readonly constant: string
  readonly convert: FieldConverter
  /** Whether bytes are sent as they are. */
  readonly isSent: ByteCheck
  /** What a blank value becomes; undefined when it may not be blank. */
  readonly blankCell: string | undefined
}

/** The `Id` of a record that is found by its key field before sending, or of a parent that is loaded first. */
const FOUND_LATER: CellMaker = {
  target: 'Id',
  position: -1,
  constant: '',
  convert: raw => raw,
  isSent: neverSent,
  blankCell: '',
}

/** The value of a row in the form that is sent; blank when the source value is blank and has no default. */
export function readValue(maker: CellMaker, row: readonly string[]): string | ValueProblem {
  if (maker.position < 0) return maker.constant
  const { parent } = maker
  if (parent !== undefined)
    return parentOf(
      parent,
      parent.positions.map(position => row[position] as string),
    )
  const raw = row[maker.position] as string
  if (isBlank(raw)) return maker.constant
  const { within } = maker
  return within ? within.convert(raw, readValue(within.by, row)) : maker.convert(raw)
}

function cellMaker(plan: SyncPlan, operation: Operation, field: PlannedField, source: MappedSource): CellMaker {
  const { mapping, target } = field
  const [position = -1] = sourceColumns(mapping).map(column => source.index.get(column) ?? -1)
  const convert = columnConverter(field, plan.formats, plan.keyPrefix)
  const text = textOfBlank(mapping)
  const given = isBlank(text) ? '' : fieldConverter(field, plan.formats, plan.keyPrefix)(text)
  return {
    target: target.name,
    position,
    ...present({ parent: parentCell(field, source), within: withinCell(plan, operation, field, source) }),
    // The plan rejects constants that cannot be converted.
    constant: typeof given === 'string' ? given : '',
    convert,
    isSent: countryField(plan, field) ? neverSent : byteCheck(plan, field, convert),
    blankCell: blankCell(plan, operation, field),
  }
}

/** A state is read within the country of the same row. */
function withinCell(plan: SyncPlan, operation: Operation, field: PlannedField, source: MappedSource) {
  const country = countryField(plan, field)
  const { mapping, valueField } = field
  if (country === undefined || !('column' in mapping)) return undefined
  const context = { field: valueField, column: mapping.column }
  const convert = stateConverter(context, mapping, country.valueField, plan.formats)
  return { by: cellMaker(plan, operation, country, source), convert }
}

function countryField({ fields }: SyncPlan, { valueField }: PlannedField): PlannedField | undefined {
  return hasCountries(valueField) ? fields.find(({ name }) => name === valueField.controllerName) : undefined
}

/** The text of the spec for every row, or for a blank cell. */
function textOfBlank(mapping: FieldMapping): string {
  if ('value' in mapping) return mapping.value
  return ('column' in mapping ? mapping.default : undefined) ?? ''
}

function parentCell({ name, target, mapping }: PlannedField, { index, parents }: MappedSource): ParentCell | undefined {
  if (!isFoundByTable(mapping)) return undefined
  const table = parents.get(name)
  if (table === undefined) throw new Error(`The parents or files of field ${name} are not known`)
  const columns = sourceColumns(mapping)
  return { label: target.label, columns, positions: columns.map(column => index.get(column) ?? -1), table }
}

/** Whether a table that the run builds has the value: the Id of a parent, or a file. */
export const isFoundByTable = (mapping: FieldMapping): boolean => 'from' in mapping || isFileMapping(mapping)

function byteCheck({ formats, keyPrefix }: SyncPlan, field: PlannedField, convert: FieldConverter): ByteCheck {
  // The name of a record type, or of a parent, becomes an Id.
  if (field.recordTypes || field.location || isFoundByTable(field.mapping)) return neverSent
  if ('column' in field.mapping && isTranslated(field.mapping)) return neverSent
  const context = { field: field.valueField, formats, keyPrefix: field.name === 'Id' ? keyPrefix : null, convert }
  if (!field.ownRecordTypes) return compileByteCheck(context)
  const ids = field.ownRecordTypes.map(({ recordTypeId }) => recordTypeId)
  return wordCheck(ids, context)
}

/**
 * A field that must have a value may not be blank where a record is created, or when a blank value clears the field. A checkbox has no
 * blank state, so it is left out.
 */
function blankCell(
  plan: SyncPlan,
  operation: Operation,
  { target, mapping, filePart }: PlannedField,
): string | undefined {
  if (isFileMapping(mapping)) return filePart === undefined ? undefined : ''
  if (operation === 'create' && isRequiredOnCreate(target)) return undefined
  if (plan.blank === 'ignore' || target.type === 'boolean') return ''
  // A blank value fills no field.
  if (operation === 'update' && fillsBlanks(plan, operation)) return ''
  if (target.nillable) return CLEAR
  return operation === 'create' || fillsBlanks(plan, operation) ? '' : undefined
}
