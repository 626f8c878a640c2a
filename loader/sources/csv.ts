import type { Encoding } from '../../packages/client/contract/syncSpec.ts'
import { type CsvDialect, countLineEnds, parseCsvBlock } from '../csv/csvBlock.ts'
import { CsvRecordTooLongError, SourceEmptyError } from '../csv/errors.ts'
import { type CsvHeader, checkHeader, readCsvHeader } from './csvHeader.ts'
import { type DecodedText, decodeText } from './decodeText.ts'
import { SourceOptionError } from './errors.ts'
import type { SourceBatch, SourceReader } from './sourceReader.ts'

export type CsvOptions = {
  /** For messages: what a person knows the source by. @default 'CSV' */
  readonly description?: string | undefined
  /** One character. Detected from the header when absent. */
  readonly delimiter?: string | undefined
  /** Detected from the bytes when absent. */
  readonly encoding?: Encoding | undefined
  /** Whether blank and repeated column names are taken as they are: for files of ours, read by position. @default false */
  readonly anyNames?: boolean | undefined
}

export type CsvReader = SourceReader & { readonly delimiter: string; readonly encoding: Encoding }

/** Characters parsed at a time. Measured on 2,400,000 records: four times as many are no faster and take 100 MB more. */
const BLOCK_LENGTH = 64 * 1024

/** Salesforce takes no record beyond this (Bulk API limits); without it, a quote never closed would gather the whole file. */
const MAX_RECORD_LENGTH = 10_000_000

/** Characters before the end of the header, blank lines included: room for thousands of columns. */
const MAX_HEADER_LENGTH = 1_000_000

/**
 * Reads a CSV as a stream: first the header, then batch by batch as they are asked for. Records keep the values they have,
 * also when those are more or fewer than the columns; lines with nothing on them are skipped and not counted.
 * Throws SourceEmptyError, SourceHeaderError, SourceNotTextError, SourceEncodingError, CsvCutError, CsvQuoteError,
 * CsvRecordTooLongError and, for a delimiter that can be none, SourceOptionError.
 */
export async function readCsv(bytes: AsyncIterable<Uint8Array>, options: CsvOptions = {}): Promise<CsvReader> {
  const { description = 'CSV', delimiter, encoding, anyNames = false } = options
  checkDelimiter(description, delimiter)
  const text = decodeText(description, bytes, encoding)
  const { header, rest } = await readBeginning(description, text, delimiter, anyNames)
  const dialect = { ...header, source: description, columns: header.names.length }
  return {
    description,
    header: header.names,
    delimiter: header.delimiter,
    get encoding() {
      return text.encoding()
    },
    batches: readBatches(text.pieces, rest, header.lineEnds, dialect),
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
      'Set it to the character between the columns, or leave it out to have it found.',
    { kind: 'delimiter', source, delimiter },
  )
}

type Beginning = { readonly header: CsvHeader; readonly rest: string }

async function readBeginning(
  source: string,
  text: DecodedText,
  delimiter: string | undefined,
  anyNames: boolean,
): Promise<Beginning> {
  try {
    let beginning = ''
    let wanted = 1
    for (;;) {
      const { value, done } = await text.pieces.next()
      beginning += value ?? ''
      if (!done && beginning.length < wanted) continue
      // Doubled, so that a long beginning is not gone through again with every piece.
      wanted = beginning.length * 2
      const header = readCsvHeader(source, beginning, done === true, delimiter)
      if (header !== undefined && !anyNames) checkHeader(source, header.names)
      if (header !== undefined) return { header, rest: beginning.slice(header.length) }
      if (done) throw new SourceEmptyError(source)
      if (beginning.length > MAX_HEADER_LENGTH) throw new CsvRecordTooLongError(source, 1, MAX_HEADER_LENGTH)
    }
  } catch (error) {
    await text.pieces.return()
    throw error
  }
}

async function* readBatches(
  pieces: AsyncGenerator<string, void>,
  rest: string,
  lineEnds: number,
  dialect: CsvDialect,
): AsyncGenerator<SourceBatch, void> {
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
    // A record longer than the block: doubled, so that it is not read from its beginning again and again.
    wanted = used > 0 ? BLOCK_LENGTH : block.length * 2
    if (rows.length > 0) yield { firstRow, rows }
    firstRow += rows.length
  }
  // With its line end the last record is like all others; a quote still open stays open.
  if (!block.endsWith(dialect.lineEnd)) block += dialect.lineEnd
  const { rows } = parseCsvBlock(block, true, lines, dialect)
  if (rows.length > 0) yield { firstRow, rows }
}

function checkLength(block: string, lines: number, { source }: CsvDialect): void {
  if (block.length > MAX_RECORD_LENGTH) throw new CsvRecordTooLongError(source, lines + 1, MAX_RECORD_LENGTH)
}
