import { CELL } from './cellMarks.ts'
import { CellScanner } from './cellScanner.ts'
import type { CsvDialect } from './csvScanner.ts'

/**
 * Consecutive records as positions in bytes of UTF-8. Valid until the next batch is requested: all of its memory is used again.
 * Record `i` has the cells from `firstCells[i]` to `firstCells[i + 1]`, the end excluded; it may have fewer or more cells than
 * the header has names.
 */
export type CellBatch = {
  /** 1-based number of the first record; the header does not count. */
  readonly firstRow: number
  readonly records: number
  readonly bytes: Buffer
  readonly firstCells: Uint32Array
  /** Positions of the cells in `bytes`, without the quotes around them. */
  readonly starts: Uint32Array
  readonly ends: Uint32Array
  /** By cell: bits of `CELL`. */
  readonly marks: Uint8Array
  /** Why a record can't be read for certain, by its index. */
  readonly problems: ReadonlyMap<number, string>
}

/**
 * Reads the records that follow the header, batch by batch as they are requested.
 * @param blocks valid UTF-8, each of whole characters (`checkedUtf8`)
 * @param rest bytes that were read with the header
 * @param lineEnds line ends before them, for error messages
 * Throws CsvCutError, CsvQuoteError and CsvRecordTooLongError.
 */
export async function* readCellBatches(
  blocks: AsyncIterable<Uint8Array>,
  rest: Uint8Array,
  lineEnds: number,
  dialect: CsvDialect,
): AsyncGenerator<CellBatch, void> {
  const scanner = new CellScanner(lineEnds, dialect)
  scanner.push(rest)
  let wanted = 0
  for await (const block of blocks) {
    scanner.push(block)
    if (scanner.waiting < wanted) continue
    const before = scanner.waiting
    for (let batch = scanner.batch(false); batch !== undefined; batch = scanner.batch(false)) yield batch
    // The record is longer than what was read: doubled, so that it is not scanned from its beginning too often.
    wanted = scanner.waiting < before ? 0 : before * 2
  }
  for (let batch = scanner.batch(true); batch !== undefined; batch = scanner.batch(true)) yield batch
}

/** The value of a cell, by its index in the batch. */
export function cellText({ bytes, starts, ends, marks }: CellBatch, cell: number): string {
  const mark = marks[cell] as number
  const start = starts[cell] as number
  const end = ends[cell] as number
  if (start === end) return ''
  const text = bytes.toString((mark & CELL.UNUSUAL) === 0 ? 'latin1' : 'utf8', start, end)
  const isDoubled = (mark & CELL.QUOTE) !== 0 && (mark & CELL.QUOTED) !== 0
  return isDoubled ? text.replaceAll('""', '"') : text
}

/** The values of a record, by its index in the batch. */
export function recordValues(batch: CellBatch, record: number): string[] {
  const first = batch.firstCells[record] as number
  const end = batch.firstCells[record + 1] as number
  const values: string[] = new Array(end - first)
  for (let cell = first; cell < end; cell++) values[cell - first] = cellText(batch, cell)
  return values
}
