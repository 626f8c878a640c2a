import type { WireColumn } from '../plan/syncPlan.ts'
import type { FieldType } from '../salesforce/describe.ts'
import type { WireRecord } from '../salesforce/salesforceConnection.ts'
import { CLEAR } from '../values/fieldValue.ts'

const NUMBERS: ReadonlySet<FieldType> = new Set<FieldType>(['int', 'long', 'double', 'currency', 'percent'])

type CellWriter = (record: Record<string, unknown>, cell: string) => void

/**
 * Compiles the cells of `wireColumns` into records of a collection request that mean the same as the line of CSV: blank
 * is left out, `CLEAR` is null, a lookup by External ID is a nested object.
 */
export function compileWireRecord(columns: readonly WireColumn[]): (cells: readonly string[]) => WireRecord {
  const writers = columns.map(cellWriter)
  return cells => {
    const record: Record<string, unknown> = {}
    for (const [index, write] of writers.entries()) {
      const cell = cells[index]
      if (cell !== undefined && cell !== '') write(record, cell)
    }
    return record
  }
}

function cellWriter({ name, valueField, field }: WireColumn): CellWriter {
  // The content of a file is a part of its own.
  if (valueField.type === 'base64') return () => undefined
  const typed = compileTyped(valueField.type)
  const relationship = field?.relationship
  if (!relationship) {
    return (record, cell) => {
      record[name] = cell === CLEAR ? null : typed(cell)
    }
  }
  const attributes = relationship.polymorphic ? { attributes: { type: relationship.parent } } : {}
  return (record, cell) => {
    // A lookup is cleared through the field that holds the Id: null for the nested object is not documented.
    if (cell === CLEAR) record[field.target.name] = null
    else record[relationship.name] = { ...attributes, [relationship.field]: typed(cell) }
  }
}

function compileTyped(type: FieldType): (cell: string) => unknown {
  if (type === 'boolean') return cell => cell === 'true'
  if (!NUMBERS.has(type)) return cell => cell
  // Salesforce accepts numbers as text too: numbers with more digits than a double are sent as text.
  return cell => {
    const number = Number(cell)
    return String(number) === cell ? number : cell
  }
}
