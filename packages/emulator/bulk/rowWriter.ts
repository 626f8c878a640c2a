import type { FieldSchema } from '../schema/types.ts'
import { type RecordError, recordError } from '../values/recordError.ts'
import { findById } from '../writes/findRecord.ts'
import type { RecordWriter, WriteOutcome } from '../writes/recordWriter.ts'
import type { Cells } from '../writes/writePlan.ts'
import type { Column } from './columns.ts'
import type { CsvRow } from './csvReader.ts'
import type { IngestOperation } from './ingestJob.ts'

/** The outcome of one row, with the stored texts of its columns where they could be read. */
export type WrittenRow = { readonly row: CsvRow; readonly cells: Cells; readonly outcome: WriteOutcome }

/** Upserts are checked 200 at a time: an external ID that occurs twice among them rejects all its rows. */
export const CHUNK_ROWS = 200

// Salesforce's wording of this error is not documented.
const unreadableRow = recordError('CLIENT_ERROR', 'The row does not have the form of the header', [])

const idOnInsert = recordError('INVALID_FIELD_FOR_INSERT_UPDATE', 'cannot specify Id in an insert call', ['Id'])

function readCells(columns: readonly Column[], values: readonly string[]): Cells | RecordError {
  const cells: (string | undefined)[] = new Array(columns.length)
  for (let position = 0; position < columns.length; position++) {
    const cell = columns[position]?.read(values[position] ?? '')
    if (typeof cell === 'object') return cell
    cells[position] = cell
  }
  return cells
}

type KeyedColumns = {
  readonly keyAt: number
  readonly planned: readonly number[]
  readonly fields: readonly FieldSchema[]
}

// The record id is never written; every other column is, including the key of an upsert.
function splitColumns(columns: readonly Column[], key: FieldSchema | undefined): KeyedColumns {
  const planned = columns.flatMap(({ field }, position) => (field.type === 'id' ? [] : [position]))
  return {
    keyAt: columns.findIndex(({ field, name }) => field === key && !name.includes('.')),
    planned,
    fields: planned.flatMap(position => columns[position]?.field ?? []),
  }
}

/** Writes the rows of one job. */
export function createRowWriter(
  writer: RecordWriter,
  operation: IngestOperation,
  columns: readonly Column[],
  upsertKey: FieldSchema | undefined,
) {
  const idField = writer.table.schema.fieldsByName.get('id')
  const { keyAt, planned, fields } = splitColumns(columns, operation === 'upsert' ? upsertKey : idField)
  const plan = writer.plan(fields)
  const isWholeRow = planned.length === columns.length
  const plannedCells = (cells: Cells): Cells => (isWholeRow ? cells : planned.map(position => cells[position]))

  const write = (cells: Cells): WriteOutcome => {
    const key = keyAt === -1 ? '' : (cells[keyAt] ?? '')
    if (operation === 'insert') return key === '' ? writer.create(plan, plannedCells(cells)) : idOnInsert
    if (operation === 'upsert' && upsertKey !== undefined)
      return writer.upsert(plan, plannedCells(cells), upsertKey, key)
    const place = findById(writer.table, key)
    if (typeof place !== 'number') return place
    if (operation === 'update') return writer.update(plan, plannedCells(cells), place)
    return writer.delete(place, { isHard: operation === 'hardDelete' })
  }

  const repeatedKeys = (rows: readonly CsvRow[]): ReadonlySet<string> => {
    const seen = new Set<string>()
    const repeated = new Set<string>()
    if (operation !== 'upsert' || keyAt === -1) return repeated
    for (const { values } of rows) {
      const key = (values[keyAt] ?? '').trim().toLowerCase()
      if (key !== '' && seen.has(key)) repeated.add(key)
      seen.add(key)
    }
    return repeated
  }

  const writeRow = (row: CsvRow, repeated: ReadonlySet<string>): WrittenRow => {
    const { values, malformed } = row
    if (malformed || values.length !== columns.length) return { row, cells: [], outcome: unreadableRow }
    const key = repeated.size === 0 ? '' : (values[keyAt] ?? '').trim().toLowerCase()
    if (repeated.has(key)) {
      const outcome = recordError('DUPLICATE_VALUE', `Duplicate external id specified: ${key}`, [])
      return { row, cells: [], outcome }
    }
    const cells = readCells(columns, values)
    return 'statusCode' in cells ? { row, cells: [], outcome: cells } : { row, cells, outcome: write(cells) }
  }

  /** Writes at most `CHUNK_ROWS` rows. Returns one outcome for each, in their order. */
  return (rows: readonly CsvRow[]): readonly WrittenRow[] => {
    const repeated = repeatedKeys(rows)
    return rows.map(row => writeRow(row, repeated))
  }
}
