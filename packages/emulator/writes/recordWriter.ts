import type { Table } from '../records/table.ts'
import type { FieldSchema } from '../schema/types.ts'
import { type RecordError, recordError } from '../values/recordError.ts'
import { writtenWithFile } from './contentFiles.ts'
import { deleteRecord } from './deleteRecord.ts'
import { ambiguousKey, findByKey } from './findRecord.ts'
import { rejectedByRules } from './recordRules.ts'
import { withImplied } from './storedValues.ts'
import { type Cells, planWrite, rejectedCreate, rejectedUpdate, type WritePlan } from './writePlan.ts'
import type { WriteGuard, WriterOptions } from './writerOptions.ts'

/** A record that was written. `undo` reverts it, if the record was not written since; absent for bulk jobs. */
export type Written = {
  readonly place: number
  readonly id: string
  readonly created: boolean
  readonly undo: (() => void) | undefined
}

export type WriteOutcome = Written | RecordError

export function isRejected(outcome: WriteOutcome): outcome is RecordError {
  return 'statusCode' in outcome
}

const insufficientAccess: RecordError = {
  ...recordError('INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id', []),
  status: 403,
}

function cellOf(table: Table, plan: WritePlan, cells: Cells, place: number | undefined) {
  return (fieldName: string): string => {
    const position = plan.shape.positions.get(fieldName)
    const cell = position === undefined ? undefined : cells[position]
    if (cell !== undefined) return cell
    return place === undefined ? '' : table.text(place, fieldName)
  }
}

function guarded({ guards }: WriterOptions, record: Parameters<WriteGuard>[0]): RecordError | undefined {
  for (const guard of guards) {
    const rejected = guard?.(record)
    if (rejected !== undefined) return rejected
  }
  return undefined
}

function create(options: WriterOptions, plan: WritePlan, cells: Cells): WriteOutcome {
  const { table, access, writer } = options
  if (!table.schema.createable || !access.object(table.schema.name).create) {
    const message = `entity type cannot be inserted: ${table.schema.label}`
    return table.schema.createable
      ? insufficientAccess
      : recordError('CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', message, [])
  }
  const cellNamed = cellOf(table, plan, cells, undefined)
  const rejected =
    rejectedCreate(table, plan, cells) ??
    rejectedByRules(options, plan, cells, cellNamed, undefined) ??
    guarded(options, { table, place: undefined, cellOf: cellNamed })
  if (rejected !== undefined) return rejected
  const given = plan.defaults.map((fallback, position) => cells[position] ?? fallback)
  const { shape, values } = withImplied(options, { shape: plan.createShape, values: given }, undefined)
  const place = table.insert(shape, values, writer)
  options.onWritten('created')
  const undoOthers = writtenWithFile(options.org, { table, place }, 'created', writer)
  const undo = () => {
    undoOthers?.()
    table.forget(place)
  }
  return { place, id: table.idOf(place), created: true, undo: options.undoable ? undo : undefined }
}

function update(options: WriterOptions, plan: WritePlan, cells: Cells, place: number): WriteOutcome {
  const { table, access, writer } = options
  if (!table.schema.updateable || !access.object(table.schema.name).update) return insufficientAccess
  const cellNamed = cellOf(table, plan, cells, place)
  const rejected =
    rejectedUpdate(table, plan, cells, place) ??
    rejectedByRules(options, plan, cells, cellNamed, place) ??
    guarded(options, { table, place, cellOf: cellNamed })
  if (rejected !== undefined) return rejected
  const set = plan.fields.filter((_field, position) => cells[position] !== undefined)
  const given = {
    shape: set.length === plan.fields.length ? plan.shape : table.shapeOf(set),
    values: cells.filter(cell => cell !== undefined),
  }
  const { shape, values } = withImplied(options, given, place)
  const undoUpdate = table.update(place, shape, values, writer)
  const undoOthers = writtenWithFile(options.org, { table, place }, 'updated', writer)
  const undo = () => {
    undoOthers?.()
    undoUpdate()
  }
  options.onWritten('updated')
  return { place, id: table.idOf(place), created: false, undo: options.undoable ? undo : undefined }
}

/** Writes records of one object for one user. Values are stored texts already; the checks here need the whole record or the org. */
export function createRecordWriter(options: WriterOptions) {
  const { table, access } = options
  return {
    table,
    plan: (fields: readonly FieldSchema[]) => planWrite(table, fields, access),
    create: (plan: WritePlan, cells: Cells) => create(options, plan, cells),
    update: (plan: WritePlan, cells: Cells, place: number) => update(options, plan, cells, place),
    /** Updates the record that has the key, or creates one; the plan sets the key field where a new record should have it. */
    upsert: (plan: WritePlan, cells: Cells, keyField: FieldSchema, key: string): WriteOutcome => {
      const places = findByKey(table, keyField, key)
      if ('statusCode' in places) return places
      const [place] = places
      if (place === undefined) return create(options, plan, cells)
      return places.length > 1 ? ambiguousKey(table, keyField, places) : update(options, plan, cells, place)
    },
    /** With `isHard` past the recycle bin. */
    delete: (place: number, { isHard = false } = {}): WriteOutcome => {
      if (!table.schema.deletable || !access.object(table.schema.name).delete) return insufficientAccess
      const rejected = guarded(options, { table, place, cellOf: name => table.text(place, name) })
      if (rejected !== undefined) return rejected
      const deleted = deleteRecord(options.org, { table, place }, options.writer, { isHard })
      if (typeof deleted !== 'function') return deleted
      options.onWritten('deleted')
      return { place, id: table.idOf(place), created: false, undo: deleted }
    },
  }
}

export type RecordWriter = ReturnType<typeof createRecordWriter>
