import { type CsvDialect, countLineEnds, parseCsvBlock } from './csvBlock.ts'
import { CsvRecordTooLongError } from './errors.ts'

/** Consecutive records, as written in the source. A record may have fewer or more values than the header has names. */
export type CsvBatch = {
  /** 1-based number of the first record; the header does not count. */
  readonly firstRow: number
  /** Values by position. They may share memory with the text around them: copy what is kept for the whole run. */
  readonly rows: readonly (readonly string[])[]
}

/** Characters parsed at a time. Measured on 2,400,000 records: four times as many are no faster and need 100 MB more memory. */
const BLOCK_LENGTH = 64 * 1024

/** Characters. Salesforce accepts no longer record (Bulk API limits); without a limit, an unclosed quote would collect the whole file. */
const MAX_RECORD_LENGTH = 10_000_000

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
  let wanted = BLOCK_LENGTH
  let lines = lineEnds
  let firstRow = 1
  for await (const piece of pieces) {
    block += piece
    if (block.length < wanted) continue
    const { rows, used } = parseCsvBlock(block, false, lines, dialect)
    lines += countLineEnds(block.slice(0, used), dialect.lineEnd)
    block = block.slice(used)
    checkLength(block, lines, dialect)
    // The record is longer than the block: doubled, so that it is not parsed from its beginning too often.
    wanted = used > 0 ? BLOCK_LENGTH : block.length * 2
    if (rows.length > 0) yield { firstRow, rows }
    firstRow += rows.length
  }
  // With a line end, the last record is parsed like all others; an open quote stays open.
  if (!block.endsWith(dialect.lineEnd)) block += dialect.lineEnd
  const { rows } = parseCsvBlock(block, true, lines, dialect)
  if (rows.length > 0) yield { firstRow, rows }
}

function checkLength(block: string, lines: number, { source }: CsvDialect): void {
  if (block.length > MAX_RECORD_LENGTH) throw new CsvRecordTooLongError(source, lines + 1, MAX_RECORD_LENGTH)
}
