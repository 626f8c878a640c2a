import { CELL, type CellBatch } from './cells.ts'

const [BLANK, QUOTE, COMMA, LF] = [32, 34, 44, 10]

/** Bytes that are copied one by one: for a few, a call takes longer. */
const FEW_BYTES = 48

/** Writes records in the dialect of our own files. */
export class CellsCsv {
  #memory = Buffer.alloc(0)

  /**
   * The records of a batch, those with fewer cells than `columns` with blank ones at their end. Valid until the next call, which uses
   * the same memory.
   */
  of(batch: CellBatch, columns: number): Buffer {
    const { records, firstCells, starts, ends } = batch
    const [first, last] = [firstCells[0] as number, firstCells[records] as number]
    const most = ((ends[last - 1] ?? 0) - (starts[first] ?? 0)) * 2 + (last - first) * 3 + records * (columns + 3)
    if (most > this.#memory.length) this.#memory = Buffer.allocUnsafeSlow(most)
    const csv = this.#memory
    let at = 0
    for (let record = 0; record < records; record++) {
      const [from, to] = [firstCells[record] as number, firstCells[record + 1] as number]
      // A single blank value would be a blank line, which readers skip.
      const isAlone = columns === 1 && to - from <= 1
      for (let cell = from; cell < to; cell++) {
        if (cell > from) csv[at++] = COMMA
        at = writeCell(batch, cell, csv, at, isAlone)
      }
      for (let cell = Math.max(to - from, 1); cell < columns; cell++) csv[at++] = COMMA
      csv[at++] = LF
    }
    return csv.subarray(0, at)
  }
}

/** Returns the position behind the cell. */
function writeCell(
  { bytes, starts, ends, marks }: CellBatch,
  cell: number,
  csv: Buffer,
  start: number,
  isAlone: boolean,
): number {
  const [from, to] = [starts[cell] as number, ends[cell] as number]
  const mark = marks[cell] as number
  const isSpecial = (mark & (CELL.COMMA | CELL.LINE_END | CELL.QUOTE)) !== 0
  const isQuoted = from === to ? isAlone : isSpecial || bytes[from] === BLANK || bytes[to - 1] === BLANK
  let at = start
  if (isQuoted) csv[at++] = QUOTE
  if ((mark & CELL.QUOTE) !== 0 && (mark & CELL.QUOTED) === 0) {
    for (let index = from; index < to; index++) {
      const byte = bytes[index] as number
      csv[at++] = byte
      if (byte === QUOTE) csv[at++] = QUOTE
    }
  } else if (to - from > FEW_BYTES) at += bytes.copy(csv, at, from, to)
  else for (let index = from; index < to; index++) csv[at++] = bytes[index] as number
  if (isQuoted) csv[at++] = QUOTE
  return at
}
