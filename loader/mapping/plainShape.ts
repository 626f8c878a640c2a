import type { CellBatch } from '../csv/cells.ts'
import { CELL } from '../csv/cells.ts'
import { visibleName } from './columnNames.ts'

const BLANK = 32
const LAST_PRINTABLE = 126

/**
 * Compiles the check that a record surely has the shape that `compileRowShape` asks for, as it is: a value for each column with a name, no
 * value beyond them, and it is not the header again.
 */
export function compileIsPlainShape(header: readonly string[]): (batch: CellBatch, record: number) => boolean {
  const { length } = header
  const named = header.findLastIndex(name => name !== '') + 1
  const lastName = Buffer.from(visibleName(header[named - 1] ?? ''))
  return (batch, record) => {
    const first = batch.firstCells[record] as number
    const count = (batch.firstCells[record + 1] as number) - first
    if (count < named || count > length || named === 0) return false
    for (let cell = first + named; cell < first + count; cell++)
      if (batch.starts[cell] !== batch.ends[cell]) return false
    return !mayBeName(batch, first + named - 1, lastName)
  }
}

/** Whether the visible characters of a cell may be those of a name. */
function mayBeName({ bytes, starts, ends, marks }: CellBatch, cell: number, name: Buffer): boolean {
  const start = starts[cell] as number
  const end = ends[cell] as number
  if (((marks[cell] as number) & (CELL.UNUSUAL | CELL.QUOTE)) !== 0) return true
  if (end - start < name.length) return false
  for (let at = 0; at < name.length; at++) {
    const byte = bytes[start + at] as number
    if (byte <= BLANK || byte > LAST_PRINTABLE) return true
    if (byte !== name[at]) return false
  }
  return true
}
