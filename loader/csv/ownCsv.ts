// Reads CSV in the one dialect of our own files and of Salesforce's results: UTF-8, commas, line feeds, quotes doubled.
// It detects nothing; files of users are read by loader/sources.
import { readCellBatches } from './cellBatches.ts'
import type { CellBatch } from './cells.ts'
import { type CsvDialect, CsvScanner } from './csvScanner.ts'
import { CsvQuoteError, SourceEmptyError } from './errors.ts'
import { checkedUtf8 } from './utf8.ts'

/** A CSV file with its header, read once from beginning to end as positions in bytes: no string is made of a cell. */
export type CellTable = {
  /** The path, for messages. */
  readonly description: string
  /** Column names as written: they may be blank or repeated. */
  readonly header: readonly string[]
  /** A batch is valid until the next one is requested. `cellText` gives the value of a cell. */
  readonly batches: AsyncIterable<CellBatch>
  /** Closes the file when the batches are not read to their end. */
  close(): Promise<void>
}

/**
 * Reads the header, then batch by batch as they are requested. Throws SourceEmptyError when there is no header, CsvCutError, CsvQuoteError,
 * and CsvEncodingError when the bytes are not UTF-8.
 */
export async function readOwnCells(description: string, bytes: AsyncIterable<Uint8Array>): Promise<CellTable> {
  const blocks = checkedUtf8(description, bytes)
  try {
    const { header, rest, lineEnds } = await readHeader(description, blocks)
    return {
      description,
      header,
      batches: wellFormed(description, readCellBatches(blocks, rest, lineEnds, ownDialect(description))),
      close: async () => {
        await blocks.return()
      },
    }
  } catch (error) {
    await blocks.return()
    throw error
  }
}

const ownDialect = (source: string): CsvDialect => ({ source, delimiter: ',', reportsEscapes: false })

/** A record with misplaced quotes belongs to no dialect of ours. Throws CsvQuoteError. */
async function* wellFormed(source: string, batches: AsyncIterable<CellBatch>): AsyncGenerator<CellBatch, void> {
  for await (const batch of batches) {
    const [index] = batch.problems.keys()
    if (index !== undefined) throw new CsvQuoteError(source, batch.firstRow + index + 1)
    yield batch
  }
}

type Header = { readonly header: readonly string[]; readonly lineEnds: number }

async function readHeader(
  source: string,
  blocks: AsyncGenerator<Buffer, void>,
): Promise<Header & { readonly rest: Buffer }> {
  let bytes: Buffer = Buffer.alloc(0)
  for (;;) {
    const { value, done } = await blocks.next()
    if (value) bytes = Buffer.concat([bytes, value])
    const end = recordEnd(bytes)
    if (end < 0 && !done) continue
    const record = bytes.toString('utf8', 0, end < 0 ? bytes.length : end)
    return { ...parsedHeader(source, record), rest: bytes.subarray(end < 0 ? bytes.length : end + 1) }
  }
}

function parsedHeader(source: string, record: string): Header {
  if (record.trim() === '') throw new SourceEmptyError(source)
  const { rows } = new CsvScanner(record.replace(/^\uFEFF/, ''), true, 0, ownDialect(source)).batch()
  return { header: (rows[0] ?? []).map(name => name.trim()), lineEnds: record.split('\n').length }
}

/** Position of the first line feed outside quotes; -1 without one. */
function recordEnd(bytes: Buffer): number {
  let isQuoted = false
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === 34) isQuoted = !isQuoted
    else if (bytes[at] === 10 && !isQuoted) return at
  }
  return -1
}

/** One line of CSV, line feed included: a chunk as it is uploaded, or any file of results. */
export function csvLine(cells: readonly string[], delimiter = ','): string {
  // A single blank value would be a blank line, which readers skip.
  if (cells.length === 1 && cells[0] === '') return '""\n'
  return `${csvCells(cells, delimiter)}\n`
}

/** A part of a line: values with delimiters between them. */
export function csvCells(cells: readonly string[], delimiter = ','): string {
  const { length } = cells
  const code = delimiter.charCodeAt(0)
  let text = ''
  for (let i = 0; i < length; i++) {
    const cell = cells[i] as string
    if (i > 0) text += delimiter
    text += needsQuotes(cell, code) ? `"${cell.replaceAll('"', '""')}"` : cell
  }
  return text
}

/** Salesforce requires quotes around commas, quotes and line breaks; it keeps blanks at the ends only inside quotes. */
function needsQuotes(cell: string, delimiter: number): boolean {
  const { length } = cell
  if (length === 0) return false
  if (cell.charCodeAt(0) === 32 || cell.charCodeAt(length - 1) === 32) return true
  for (let i = 0; i < length; i++) {
    const code = cell.charCodeAt(i)
    // Line feed, carriage return, double quote.
    if (code === delimiter || code === 34 || code === 10 || code === 13) return true
  }
  return false
}
