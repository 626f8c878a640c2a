import type { Shape } from '../records/shape.ts'
import type { Table } from '../records/table.ts'
import type { UserAccess } from '../schema/access.ts'
import type { FieldSchema, ObjectSchema } from '../schema/types.ts'
import { type RecordError, recordError } from '../values/recordError.ts'

/** The values of one record in the order of its plan's fields: stored text, '' to clear the field, undefined to leave it unchanged. */
export type Cells = readonly (string | undefined)[]

/** The part of a write that does not depend on values: computed once for records that set the same fields. */
export type WritePlan = {
  readonly fields: readonly FieldSchema[]
  readonly shape: Shape
  /** The shape of a new record: `shape` and the picklists that have a default. */
  readonly createShape: Shape
  readonly defaults: readonly string[]
  /** Names of fields that a new record needs and this plan does not set. */
  readonly missingOnCreate: readonly string[]
  readonly requiredOnCreate: readonly number[]
  readonly requiredOnUpdate: readonly number[]
  readonly lockedOnCreate: readonly number[]
  readonly lockedOnUpdate: readonly number[]
  readonly booleans: readonly number[]
  readonly uniques: readonly number[]
}

/** A field that a create requires. */
function isRequiredOnCreate(field: FieldSchema): boolean {
  return field.createable && !field.nillable && !field.defaultedOnCreate
}

// Checked with the whole record: see personAccountRules.ts.
function isNameOfPerson(schema: ObjectSchema, { name }: FieldSchema): boolean {
  return name === 'Name' && schema.fieldsByName.has('ispersonaccount')
}

function positionsWhere(fields: readonly FieldSchema[], test: (field: FieldSchema) => boolean): readonly number[] {
  return fields.flatMap((field, position) => (test(field) ? [position] : []))
}

function defaultText(field: FieldSchema): string {
  return field.type === 'picklist' ? (field.picklistValues.find(({ defaultValue }) => defaultValue)?.value ?? '') : ''
}

/** Plans writes of these fields to an object by a user. */
export function planWrite(table: Table, fields: readonly FieldSchema[], access: UserAccess): WritePlan {
  const { schema } = table
  const set = new Set(fields)
  const defaulted = schema.fields.filter(field => !set.has(field) && defaultText(field) !== '')
  const createFields = [...fields, ...defaulted]
  const isEditable = (field: FieldSchema) => access.fieldEditable(schema.name, field.name)
  return {
    fields,
    shape: table.shapeOf(fields),
    createShape: table.shapeOf(createFields),
    defaults: createFields.map(defaultText),
    missingOnCreate: schema.fields
      .filter(field => isRequiredOnCreate(field) && !set.has(field) && !isNameOfPerson(schema, field))
      .map(({ name }) => name),
    requiredOnCreate: positionsWhere(fields, field => isRequiredOnCreate(field) && !isNameOfPerson(schema, field)),
    requiredOnUpdate: positionsWhere(fields, field => !field.nillable && field.type !== 'boolean'),
    lockedOnCreate: positionsWhere(fields, field => !field.createable || !isEditable(field)),
    lockedOnUpdate: positionsWhere(fields, field => !field.updateable || !isEditable(field)),
    booleans: positionsWhere(fields, field => field.type === 'boolean'),
    uniques: positionsWhere(fields, field => field.unique),
  }
}

function namesOf(plan: WritePlan, positions: readonly number[]): string[] {
  return positions.flatMap(position => plan.fields[position]?.name ?? [])
}

/** The error of a record without required fields. */
export function missingFields(names: readonly string[]): RecordError {
  return recordError('REQUIRED_FIELD_MISSING', `Required fields are missing: [${names.join(', ')}]`, names)
}

/** The error of a record that gives values to fields that its user cannot write. */
export function lockedFields(names: readonly string[]): RecordError {
  const message =
    `Unable to create/update fields: ${names.join(', ')}. Please check the security settings of this field and verify ` +
    'that it is read/write for your profile or permission set.'
  return recordError('INVALID_FIELD_FOR_INSERT_UPDATE', message, names)
}

function clearedBoolean(plan: WritePlan, cells: Cells): RecordError | undefined {
  const field = plan.fields[plan.booleans.find(position => cells[position] === '') ?? -1]
  if (field === undefined) return undefined
  const message = `${field.label}: value not of required type: null`
  return recordError('INVALID_TYPE_ON_FIELD_IN_RECORD', message, [field.name])
}

function duplicate(table: Table, plan: WritePlan, cells: Cells, self: number): RecordError | undefined {
  for (const position of plan.uniques) {
    const value = cells[position]
    const name = plan.fields[position]?.name ?? ''
    const other = value === undefined || value === '' ? -1 : table.firstWith(name, value, self)
    if (other === -1) continue
    const message = `duplicate value found: ${name} duplicates value on record with id: ${table.idOf(other)}`
    return recordError('DUPLICATE_VALUE', message, [])
  }
  return undefined
}

function isBlank(cell: string | undefined) {
  return cell === undefined || cell === ''
}

function rejectedLocked(plan: WritePlan, positions: readonly number[], cells: Cells): RecordError | undefined {
  const names = namesOf(
    plan,
    positions.filter(position => cells[position] !== undefined),
  )
  return names.length === 0 ? undefined : lockedFields(names)
}

/** The error of a create with these values, if it is rejected. */
export function rejectedCreate(table: Table, plan: WritePlan, cells: Cells): RecordError | undefined {
  const locked = plan.lockedOnCreate.length === 0 ? undefined : rejectedLocked(plan, plan.lockedOnCreate, cells)
  if (locked !== undefined) return locked
  const blank = plan.requiredOnCreate.filter(position => isBlank(cells[position]))
  if (blank.length > 0 || plan.missingOnCreate.length > 0) {
    return missingFields([...namesOf(plan, blank), ...plan.missingOnCreate])
  }
  return clearedBoolean(plan, cells) ?? duplicate(table, plan, cells, -1)
}

/** The error of an update of the record at this place, if it is rejected. */
export function rejectedUpdate(table: Table, plan: WritePlan, cells: Cells, place: number): RecordError | undefined {
  const locked = plan.lockedOnUpdate.length === 0 ? undefined : rejectedLocked(plan, plan.lockedOnUpdate, cells)
  if (locked !== undefined) return locked
  const cleared = plan.requiredOnUpdate.filter(position => cells[position] === '')
  if (cleared.length > 0) return missingFields(namesOf(plan, cleared))
  return clearedBoolean(plan, cells) ?? duplicate(table, plan, cells, place)
}
