import type { Writer } from './auditColumns.ts'
import type { Shape } from './shape.ts'
import type { Table } from './table.ts'

/** Stored texts by the API name of their field. */
type NamedValues = Readonly<Record<string, string>>

function shapeOf(table: Table, values: NamedValues): Shape {
  return table.shapeOf(Object.keys(values).flatMap(name => table.schema.fieldsByName.get(name.toLowerCase()) ?? []))
}

/** Stores a record without any check, and returns its place. */
export function insertNamed(table: Table, values: NamedValues, writer: Writer): number {
  return table.insert(shapeOf(table, values), Object.values(values), writer)
}

/** Overwrites values of a record without any check. Returns the function that undoes it. */
export function updateNamed(table: Table, place: number, values: NamedValues, writer: Writer): () => void {
  return table.update(place, shapeOf(table, values), Object.values(values), writer)
}
