import type { FieldSchema, ObjectSchema } from '../schema/types.ts'
import { AuditColumns, type Writer } from './auditColumns.ts'
import { placeOf, recordId } from './recordId.ts'
import { packedValue, SEPARATOR, type Shape, Shapes } from './shape.ts'
import { TextStore, withRoom } from './textStore.ts'
import { hashOf, ValueIndex } from './valueIndex.ts'

const FIRST_ROOM = 1024
const LIVE = 0
const DELETED = 1
// A record of a transaction that was rolled back, or that was deleted past the recycle bin: its id stays used, and it is never visible again.
const GONE = 2

export type RecordStatus = 'live' | 'deleted' | 'gone'

/**
 * The records of one object. A record is one text of its values, its fields are a shared shape, and its system fields are in
 * typed arrays: about 200 bytes for a contact with ten fields. Values are in their stored text form, '' for none.
 */
export class Table {
  readonly schema: ObjectSchema
  readonly #shapes = new Shapes()
  readonly #packed = new TextStore()
  /** Creator, last modifier and both times of a record. */
  readonly audit = new AuditColumns()
  #count = 0
  #shapeNumbers = new Int32Array(FIRST_ROOM)
  #status = new Uint8Array(FIRST_ROOM)
  #indexes = new Map<string, ValueIndex>()

  constructor(schema: ObjectSchema) {
    this.schema = schema
    for (const field of schema.fields) if (field.unique || field.externalId) this.#addIndex(field)
  }

  shapeOf(fields: readonly FieldSchema[]): Shape {
    return this.#shapes.of(fields)
  }

  /** Number of places issued so far: live, deleted and rolled back records together. */
  get count(): number {
    return this.#count
  }

  /** Stores a record and returns its place. `values` are in the order of the shape's fields. */
  insert(shape: Shape, values: readonly string[], writer: Writer): number {
    const place = this.#count
    this.#count += 1
    this.#status = withRoom(this.#status, place + 1)
    this.#shapeNumbers = withRoom(this.#shapeNumbers, place + 1)
    this.#packed.set(place, values.join(SEPARATOR))
    this.#shapeNumbers[place] = shape.number
    this.audit.create(place, writer)
    for (const [name, index] of this.#indexes) {
      const position = shape.positions.get(name)
      const value = position === undefined ? '' : values[position]
      if (value !== undefined && value !== '') index.add(value, place)
    }
    return place
  }

  /** Overwrites the values of the shape's fields and leaves the others. Returns a function that undoes it. */
  update(place: number, shape: Shape, values: readonly string[], writer: Writer): () => void {
    const before = { packed: this.#packedAt(place), shape: this.#shapeAt(place), writer: this.audit.modifier(place) }
    const merged = this.#merged(before.packed, before.shape, shape, values)
    this.#replace(place, merged.shape, merged.packed, writer)
    return () => this.#replace(place, before.shape, before.packed, before.writer)
  }

  delete(place: number, writer: Writer): () => void {
    this.audit.modify(place, writer)
    this.#status[place] = DELETED
    return () => {
      this.#status[place] = LIVE
    }
  }

  /** Undoes an insert, or deletes a record past the recycle bin. */
  forget(place: number): void {
    this.#reindex(place, this.#shapeAt(place), this.#packedAt(place), this.shapeOf([]), '')
    this.#status[place] = GONE
  }

  status(place: number): RecordStatus {
    const status = this.#status[place]
    if (status === LIVE) return 'live'
    return status === DELETED ? 'deleted' : 'gone'
  }

  isLive(place: number): boolean {
    return this.#status[place] === LIVE
  }

  idOf(place: number): string {
    return recordId(this.schema.keyPrefix, place)
  }

  /** The place of a record that exists or is deleted, by its 18-character id. */
  placeOf(id18: string): number | undefined {
    const place = placeOf(this.schema.keyPrefix, id18)
    const known = place >= 0 && place < this.#count && this.#status[place] !== GONE
    return known ? place : undefined
  }

  /** The stored text of a field; '' for none. Audit fields are not stored as text: see `audit`. */
  text(place: number, fieldName: string): string {
    const position = this.#shapeAt(place).positions.get(fieldName)
    return position === undefined ? '' : packedValue(this.#packedAt(place), position)
  }

  /** The first live record with that value, except `except`; -1 when there is no such record. The field has an index. */
  firstWith(fieldName: string, value: string, except = -1): number {
    const index = this.#indexes.get(fieldName)
    if (index === undefined) return -1
    const hash = hashOf(value)
    for (let at = index.first(hash); at !== -1; at = index.after(at, hash)) {
      if (at !== except && this.#status[at] === LIVE && this.#holds(at, fieldName, value, index)) return at
    }
    return -1
  }

  /** Places of all existing and deleted records with the value, oldest first. Builds the field's index on first use. */
  placesWith(field: FieldSchema, value: string): number[] {
    const index = this.#indexes.get(field.name) ?? this.#addIndex(field)
    const hash = hashOf(value)
    const places: number[] = []
    for (let at = index.first(hash); at !== -1; at = index.after(at, hash)) {
      if (this.#status[at] !== GONE && this.#holds(at, field.name, value, index)) places.push(at)
    }
    return places.sort((a, b) => a - b)
  }

  #holds(place: number, fieldName: string, value: string, index: ValueIndex): boolean {
    const stored = this.text(place, fieldName)
    return stored === value || (!index.caseSensitive && stored.toLowerCase() === value.toLowerCase())
  }

  #addIndex(field: FieldSchema): ValueIndex {
    const index = new ValueIndex(field.caseSensitive)
    this.#indexes.set(field.name, index)
    for (let place = 0; place < this.#count; place++) {
      const value = this.#status[place] === GONE ? '' : this.text(place, field.name)
      if (value !== '') index.add(value, place)
    }
    return index
  }

  #merged(packed: string, old: Shape, shape: Shape, values: readonly string[]): { packed: string; shape: Shape } {
    const added = shape.fields.filter(field => !old.positions.has(field.name))
    const merged = added.length === 0 ? old : this.shapeOf([...old.fields, ...added])
    const texts = packed === '' && old.fields.length === 0 ? [] : packed.split(SEPARATOR)
    shape.fields.forEach((field, position) => {
      texts[merged.positions.get(field.name) ?? 0] = values[position] ?? ''
    })
    return { packed: texts.join(SEPARATOR), shape: merged }
  }

  #replace(place: number, shape: Shape, packed: string, writer: Writer): void {
    this.#reindex(place, this.#shapeAt(place), this.#packedAt(place), shape, packed)
    this.#packed.set(place, packed)
    this.#shapeNumbers[place] = shape.number
    this.audit.modify(place, writer)
  }

  #reindex(place: number, oldShape: Shape, oldPacked: string, shape: Shape, packed: string): void {
    for (const [name, index] of this.#indexes) {
      const before = oldShape.positions.get(name)
      const after = shape.positions.get(name)
      const old = before === undefined ? '' : packedValue(oldPacked, before)
      const value = after === undefined ? '' : packedValue(packed, after)
      if (old === value) continue
      if (old !== '') index.remove(old, place)
      if (value !== '') index.add(value, place)
    }
  }

  #packedAt(place: number): string {
    return this.#packed.get(place)
  }

  #shapeAt(place: number): Shape {
    return this.#shapes.numbered(this.#shapeNumbers[place] ?? 0)
  }
}
