import { type CsvDialect, CsvScanner } from './csvScanner.ts'

/** Consecutive records, as written in the source. A record may have fewer or more values than the header has names. */
export type CsvBatch = {
  /** 1-based number of the first record; the header does not count. */
  readonly firstRow: number
  /** Values by position. They may share memory with the text around them: copy what is kept for the whole run. */
  readonly rows: readonly (readonly string[])[]
  /** Why a record can't be read for certain, by its index in `rows`. */
  readonly problems: ReadonlyMap<number, string>
}

/**
 * Reads the records that follow the header, batch by batch as they are requested.
 * @param rest text that was read with the header
 * @param lineEnds line ends before it, for error messages
 * Throws CsvCutError, CsvQuoteError and CsvRecordTooLongError.
 */
export async function* readCsvBatches(
  pieces: AsyncIterable<string>,
  rest: string,
  lineEnds: number,
  dialect: CsvDialect,
): AsyncGenerator<CsvBatch, void> {
  let block = rest
  let wanted = 0
  let lines = lineEnds
  let firstRow = 1
  let isLast = false
  function* records(): Generator<CsvBatch, void> {
    const scanner = new CsvScanner(block, isLast, lines, dialect)
    for (;;) {
      const { rows, problems, end, lines: passed } = scanner.batch()
      if (rows.length === 0) {
        block = block.slice(end)
        lines = passed
        // The record is longer than the block: doubled, so that it is not scanned from its beginning too often.
        wanted = end > 0 ? 0 : block.length * 2
        return
      }
      yield { firstRow, rows, problems }
      firstRow += rows.length
    }
  }
  for await (const piece of pieces) {
    block += piece
    if (block.length >= wanted) yield* records()
  }
  isLast = true
  yield* records()
}
