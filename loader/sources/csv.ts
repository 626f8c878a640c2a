import type { Encoding } from '../../packages/client/contract/encodings.ts'
import type { SourceReading } from '../../packages/client/contract/runReport.ts'
import { type CsvBatch, readCsvBatches } from '../csv/csvBatches.ts'
import { CsvRecordTooLongError, SourceEmptyError } from '../csv/errors.ts'
import { type CsvHeader, readCsvHeader } from './csvHeader.ts'
import { type DecodedText, decodeText } from './decodeText.ts'
import { SourceOptionError } from './errors.ts'
import type { SourceReader } from './sourceReader.ts'

export type CsvOptions = {
  /** The name of the source in messages. @default 'CSV' */
  readonly description?: string | undefined
  /** One character. Detected when absent. */
  readonly delimiter?: string | undefined
  /** Detected from the bytes when absent; a byte order mark wins. */
  readonly encoding?: Encoding | undefined
  /** Whether records without a value are passed over, as files of spreadsheets need it. @default false */
  readonly skipEmptyRows?: boolean | undefined
}

export type CsvReader = SourceReader & { readonly reading: () => SourceReading }

/** Maximum characters up to the end of the header, including blank lines: enough for thousands of columns. */
const MAX_HEADER_LENGTH = 1_000_000

/**
 * Reads a CSV as a stream: first the header, then batch by batch as they are requested. Records keep all their values, even
 * when there are more or fewer values than columns; empty lines are skipped and not counted.
 * Throws SourceEmptyError, SourceHeaderError, SourceNotTextError, SourceEncodingError, CsvCutError, CsvQuoteError,
 * CsvRecordTooLongError, and SourceOptionError for a delimiter that is invalid or can't be detected.
 */
export async function readCsv(bytes: AsyncIterable<Uint8Array>, options: CsvOptions = {}): Promise<CsvReader> {
  const { description = 'CSV', delimiter, encoding, skipEmptyRows = false } = options
  checkDelimiter(description, delimiter)
  const text = decodeText(description, bytes, encoding)
  const { header, rest } = await readBeginning(description, text, delimiter)
  const dialect = { source: description, delimiter: header.delimiter, reportsEscapes: true }
  const batches = readCsvBatches(text.pieces, rest, header.lineEnds, dialect)
  const empty = { rows: 0 }
  return {
    description,
    header: header.names,
    reading: () => ({
      source: description,
      ...text.encoding(),
      delimiter: header.delimiter,
      delimiterBy: header.delimiterBy,
      emptyRows: empty.rows,
    }),
    batches: skipEmptyRows ? withoutEmptyRows(batches, header.names.length, empty) : batches,
    close: async () => {
      await text.pieces.return()
    },
  }
}

/** The end mark of DOS, which `copy` adds to text files. */
const END_MARK = '\u001A'

/** Leaves out records without a value, counts them, and numbers the others without gaps. */
async function* withoutEmptyRows(
  batches: AsyncIterable<CsvBatch>,
  columns: number,
  empty: { rows: number },
): AsyncGenerator<CsvBatch, void> {
  for await (const { firstRow, rows, problems } of batches) {
    const first = firstRow - empty.rows
    if (!rows.some(row => isEmpty(row, columns))) {
      yield { firstRow: first, rows, problems }
      continue
    }
    const kept: (readonly string[])[] = []
    const moved = new Map<number, string>()
    for (const [index, row] of rows.entries()) {
      if (isEmpty(row, columns)) {
        empty.rows += 1
        continue
      }
      const problem = problems.get(index)
      if (problem !== undefined) moved.set(kept.length, problem)
      kept.push(row)
    }
    if (kept.length > 0) yield { firstRow: first, rows: kept, problems: moved }
  }
}

function isEmpty(row: readonly string[], columns: number): boolean {
  const [first = ''] = row
  if (row.length > 1) return row.every(value => value.trim() === '')
  // In a file of one column, "" is a record with a blank value: nothing else could say so.
  return first === '' ? columns > 1 : first === END_MARK || first.trim() === ''
}

function checkDelimiter(source: string, delimiter: string | undefined): void {
  if (delimiter === undefined) return
  if (delimiter.length === 1 && !/["\r\n\uFEFF]/.test(delimiter)) return
  throw new SourceOptionError(
    `The delimiter ${JSON.stringify(delimiter)} of the source ${source} can't be used. Allowed: one character, no quote and no line end. ` +
      'Set it to the character between the columns, or leave it out to have it detected.',
    { kind: 'delimiter', source, delimiter },
  )
}

type Beginning = { readonly header: CsvHeader; readonly rest: string }

async function readBeginning(source: string, text: DecodedText, delimiter: string | undefined): Promise<Beginning> {
  try {
    let beginning = ''
    let wanted = 1
    for (;;) {
      const { value, done } = await text.pieces.next()
      beginning += value ?? ''
      if (!done && beginning.length < wanted) continue
      // Doubled, so that a long header is not scanned again with every piece.
      wanted = beginning.length * 2
      const header = readCsvHeader(source, beginning, done === true, delimiter)
      if (header !== undefined) return { header, rest: beginning.slice(header.length) }
      if (done) throw new SourceEmptyError(source)
      if (beginning.length > MAX_HEADER_LENGTH) throw new CsvRecordTooLongError(source, 1, MAX_HEADER_LENGTH)
    }
  } catch (error) {
    await text.pieces.return()
    throw error
  }
}
