import type { FieldSubquery, FieldType as SelectedField } from '@jetstreamapp/soql-parser-js'
import type { FieldSchema, ObjectSchema } from '../schema/types.ts'
import { shownValue } from './fieldCells.ts'
import { type FieldPath, nameAsType, type ParentStep, parentOf, type QueryContext, resolvePath } from './fieldPath.ts'
import { errorAt, malformed, positionOf } from './soqlErrors.ts'
import type { QueryRow, SelectedColumn, StoredRecord } from './types.ts'

/** Returns the value of one selected item for a record. */
type Cell = (record: StoredRecord, object: ObjectSchema) => unknown

type Leaf = { readonly cell: Cell; readonly column: SelectedColumn }

/** A selected field, a parent with its own selected fields, or a sub-query; in the order of the query. */
type Selection = Map<string, Leaf | { readonly step: ParentStep; readonly selection: Selection }>

function recordPath({ apiVersion }: QueryContext, record: StoredRecord, object: ObjectSchema): string {
  return `/services/data/v${apiVersion}/sobjects/${object.name}/${record.get('Id')}`
}

function labelCell(field: FieldSchema): Cell {
  const labels = new Map(field.picklistValues.map(({ value, label }) => [value, label]))
  return record => {
    const value = record.get(field.name)
    return typeof value === 'string' ? (labels.get(value) ?? value) : value
  }
}

function place(context: QueryContext, selection: Selection, path: FieldPath, cell: Cell): void {
  let current = selection
  for (const step of path.steps) {
    const known = current.get(step.name)
    const next = known !== undefined && 'step' in known ? known : { step, selection: new Map() as Selection }
    current.set(step.name, next)
    current = next.selection
  }
  const { field } = path
  const { name, type } = field
  if (current.has(name)) {
    const text = `duplicate field selected: ${name}`
    throw errorAt('INVALID_FIELD', context.soql, positionOf(context.soql, name), text)
  }
  current.set(name, { cell, column: { name, displayName: name, type, field, isAggregate: false, columns: [] } })
}

const FIELD_GROUPS: Readonly<Record<string, (field: FieldSchema) => boolean>> = {
  ALL: () => true,
  STANDARD: field => !field.custom,
  CUSTOM: field => field.custom,
}

function fieldsOfGroup(context: QueryContext, object: ObjectSchema, group: string): readonly string[] {
  const belongs = FIELD_GROUPS[group.toUpperCase()]
  if (belongs === undefined) throw malformed(`unexpected token: '${group}'`)
  return object.fields
    .filter(field => belongs(field) && context.access.fieldVisible(object.name, field.name))
    .map(field => field.name)
}

/** Compiles the sub-query of a SELECT list into a cell that runs it for a parent record. */
export type CompileSubquery = (subquery: FieldSubquery['subquery']) => {
  readonly name: string
  readonly cell: Cell
  readonly selected: readonly SelectedColumn[]
}

/** Compiled SELECT list: the names of its columns, and the row of a record. */
export type Projection = {
  readonly columns: readonly string[]
  readonly selected: readonly SelectedColumn[]
  readonly row: (record: StoredRecord, object: ObjectSchema) => QueryRow
}

function rowOf(context: QueryContext, selection: Selection, record: StoredRecord, object: ObjectSchema): QueryRow {
  const row: Record<string, unknown> = {
    attributes: { type: object.name, url: recordPath(context, record, object) },
  }
  for (const [name, part] of selection) {
    if ('cell' in part) {
      row[name] = part.cell(record, object)
      continue
    }
    const parent = parentOf(context.reader, part.step, record)
    row[name] = parent === undefined ? null : rowOf(context, part.selection, parent.record, parent.object)
  }
  return row
}

function columnsOf(selection: Selection, prefix = ''): readonly string[] {
  return [...selection].flatMap(([name, part]) =>
    'cell' in part ? [prefix + name] : columnsOf(part.selection, `${prefix}${name}.`),
  )
}

function selectedOf(selection: Selection): readonly SelectedColumn[] {
  return [...selection].map(([name, part]) => {
    if ('cell' in part) return part.column
    const columns = selectedOf(part.selection)
    return { name, displayName: name, type: undefined, lookup: part.step.lookup.name, isAggregate: false, columns }
  })
}

/** Compiles a SELECT list without aggregates. Throws INVALID_FIELD for a field that does not exist or is hidden. */
export function compileSelection(
  context: QueryContext,
  object: ObjectSchema,
  selected: readonly SelectedField[],
  alias: string | undefined,
  compileSubquery: CompileSubquery,
): Projection {
  const selection: Selection = new Map()
  const cellOf =
    (field: FieldSchema): Cell =>
    (record, of) =>
      shownValue(field, record, () => recordPath(context, record, of))
  const addPath = (path: string, cell: (field: FieldSchema) => Cell = cellOf) => {
    const resolved = resolvePath(context, object, path, { alias })
    const shown = resolved.isObjectName
      ? (_record: StoredRecord, of: ObjectSchema) => nameAsType(of)
      : cell(resolved.field)
    place(context, selection, resolved, shown)
  }
  for (const item of selected) {
    if (item.type === 'Field') addPath('rawValue' in item ? item.rawValue : item.field)
    else if (item.type === 'FieldRelationship') addPath(item.rawValue ?? [...item.relationships, item.field].join('.'))
    else if (item.type === 'FieldSubquery') {
      const { name, cell, selected: columns } = compileSubquery(item.subquery)
      selection.set(name, { cell, column: { name, displayName: name, type: undefined, isAggregate: true, columns } })
    } else if (item.type === 'FieldFunctionExpression') {
      const [parameter] = item.parameters
      if (typeof parameter !== 'string') throw malformed(`unexpected token: '${item.functionName}'`)
      const functionName = item.functionName.toLowerCase()
      if (functionName === 'fields') for (const name of fieldsOfGroup(context, object, parameter)) addPath(name)
      else if (functionName === 'tolabel') addPath(parameter, labelCell)
      else throw malformed(`The emulator does not run ${item.functionName}() in SELECT.`)
    } else throw malformed('The emulator does not run TYPEOF.')
  }
  const described = { columns: columnsOf(selection), selected: selectedOf(selection) }
  return { ...described, row: (record, of) => rowOf(context, selection, record, of) }
}
