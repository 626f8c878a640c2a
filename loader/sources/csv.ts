import type { Encoding } from '../../packages/client/contract/encodings.ts'
import type { SourceReading } from '../../packages/client/contract/runReport.ts'
import { readCellBatches } from '../csv/cellBatches.ts'
import { CsvRecordTooLongError, SourceEmptyError } from '../csv/errors.ts'
import { type CsvHeader, readCsvHeader } from './csvHeader.ts'
import { withoutEmptyRows } from './emptyRows.ts'
import { SourceOptionError } from './errors.ts'
import type { SourceReader } from './sourceReader.ts'
import { readAsUtf8, type Utf8Text } from './utf8Text.ts'

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
  const text = readAsUtf8(description, bytes, encoding)
  const { header, rest } = await readBeginning(description, text, delimiter)
  const dialect = { source: description, delimiter: header.delimiter, reportsEscapes: true }
  const batches = readCellBatches(text.blocks, rest, header.lineEnds, dialect)
  const empty = { rows: 0 }
  return {
    description,
    header: header.names,
    reading: () => ({
      source: description,
      format: 'csv',
      text: { ...text.encoding(), delimiter: header.delimiter, delimiterBy: header.delimiterBy },
      emptyRows: empty.rows,
    }),
    batches: skipEmptyRows ? withoutEmptyRows(batches, header.names.length, empty) : batches,
    close: async () => {
      await text.blocks.return()
    },
  }
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

type Beginning = { readonly header: CsvHeader; readonly rest: Buffer }

async function readBeginning(source: string, text: Utf8Text, delimiter: string | undefined): Promise<Beginning> {
  try {
    const blocks: Buffer[] = []
    let beginning = ''
    let wanted = 1
    for (;;) {
      const { value, done } = await text.blocks.next()
      if (value) blocks.push(value)
      beginning += value?.toString() ?? ''
      if (!done && beginning.length < wanted) continue
      // Doubled, so that a long header is not scanned again with every piece.
      wanted = beginning.length * 2
      const header = readCsvHeader(source, beginning, done === true, delimiter)
      if (header !== undefined) {
        const length = Buffer.byteLength(beginning.slice(0, header.length))
        return { header, rest: Buffer.concat(blocks).subarray(length) }
      }
      if (done) throw new SourceEmptyError(source)
      if (beginning.length > MAX_HEADER_LENGTH) throw new CsvRecordTooLongError(source, 1, MAX_HEADER_LENGTH)
    }
  } catch (error) {
    await text.blocks.return()
    throw error
  }
}
