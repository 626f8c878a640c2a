import type { Encoding } from '../../packages/client/contract/syncSpec.ts'
import { readCsvBatches } from '../csv/csvBatches.ts'
import { CsvRecordTooLongError, SourceEmptyError } from '../csv/errors.ts'
import { type CsvHeader, checkHeader, readCsvHeader } from './csvHeader.ts'
import { type DecodedText, decodeText } from './decodeText.ts'
import { SourceOptionError } from './errors.ts'
import type { SourceReader } from './sourceReader.ts'

export type CsvOptions = {
  /** The name of the source in messages. @default 'CSV' */
  readonly description?: string | undefined
  /** One character. Detected from the header when absent. */
  readonly delimiter?: string | undefined
  /** Detected from the bytes when absent. */
  readonly encoding?: Encoding | undefined
}

export type CsvReader = SourceReader & { readonly delimiter: string; readonly encoding: Encoding }

/** Maximum characters up to the end of the header, including blank lines: enough for thousands of columns. */
const MAX_HEADER_LENGTH = 1_000_000

/**
 * Reads a CSV as a stream: first the header, then batch by batch as they are requested. Records keep all their values, even
 * when there are more or fewer values than columns; empty lines are skipped and not counted.
 * Throws SourceEmptyError, SourceHeaderError, SourceNotTextError, SourceEncodingError, CsvCutError, CsvQuoteError,
 * CsvRecordTooLongError and, for an invalid delimiter, SourceOptionError.
 */
export async function readCsv(bytes: AsyncIterable<Uint8Array>, options: CsvOptions = {}): Promise<CsvReader> {
  const { description = 'CSV', delimiter, encoding } = options
  checkDelimiter(description, delimiter)
  const text = decodeText(description, bytes, encoding)
  const { header, rest } = await readBeginning(description, text, delimiter)
  const dialect = { ...header, source: description, columns: header.names.length }
  return {
    description,
    header: header.names,
    delimiter: header.delimiter,
    get encoding() {
      return text.encoding()
    },
    batches: readCsvBatches(text.pieces, rest, header.lineEnds, dialect),
    close: async () => {
      await text.pieces.return()
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
      if (header !== undefined) {
        checkHeader(source, header.names)
        return { header, rest: beginning.slice(header.length) }
      }
      if (done) throw new SourceEmptyError(source)
      if (beginning.length > MAX_HEADER_LENGTH) throw new CsvRecordTooLongError(source, 1, MAX_HEADER_LENGTH)
    }
  } catch (error) {
    await text.pieces.return()
    throw error
  }
}
