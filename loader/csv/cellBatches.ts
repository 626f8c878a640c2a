import { CellScanner } from './cellScanner.ts'
import type { CellBatch } from './cells.ts'
import type { CsvDialect } from './csvScanner.ts'

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
