import { type FileHandle, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { LineBuffer } from '../csv/lineBuffer.ts'
import { csvLine } from '../csv/ownCsv.ts'
import { csvRecordBytes, type RecordBytes } from '../csv/recordBytes.ts'
import { temporaryFolder } from './localFile.ts'

/** Bytes collected before they are written. */
const BLOCK_BYTES = 64 * 1024
const READ_BYTES = 64 * 1024

/** Consecutive rows with equally many cells. */
type Section = { readonly columns: number; bytes: number }

/**
 * Rows of a source whose columns are known only after its last record, as CSV in a temporary file that only the user of the worker can
 * read. Columns that occur later are added behind the others, and earlier rows are blank there.
 */
export class SpooledRows {
  readonly #folder: string
  readonly #file: FileHandle
  readonly #sections: Section[] = []
  /** The rows that are not written yet. */
  readonly #lines = new LineBuffer()
  #bytes = 0

  private constructor(folder: string, file: FileHandle) {
    this.#folder = folder
    this.#file = file
  }

  static async open(): Promise<SpooledRows> {
    const folder = await temporaryFolder()
    try {
      return new SpooledRows(folder, await open(join(folder, 'rows.csv'), 'wx+', 0o600))
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      throw error
    }
  }

  /** Bytes that were written. */
  get bytes(): number {
    return this.#bytes
  }

  /** Whether `write` is due. */
  get isFull(): boolean {
    return this.#lines.length >= BLOCK_BYTES
  }

  /** Adds a row with at least as many cells as the row before. */
  add(cells: readonly string[]): void {
    const lines = this.#lines
    const before = lines.length
    for (const [index, cell] of cells.entries()) {
      if (index > 0) lines.comma()
      lines.value(cell)
    }
    // A single blank value would be a blank line, which readers skip.
    if (lines.length === before) lines.text('""')
    lines.lineEnd()
    const bytes = lines.length - before
    const last = this.#sections.at(-1)
    if (last?.columns === cells.length) last.bytes += bytes
    else this.#sections.push({ columns: cells.length, bytes })
  }

  /** Writes the rows that were added. */
  async write(): Promise<void> {
    await this.#file.appendFile(this.#lines.written)
    this.#bytes += this.#lines.length
    this.#lines.clear()
  }

  /** All rows as CSV, with a header and a cell for each of its columns. */
  async *csv(header: readonly string[]): AsyncGenerator<Uint8Array, void> {
    yield Buffer.from(csvLine(header))
    let start = 0
    for (const { columns, bytes } of this.#sections) {
      const end = start + bytes
      const options = { start, end: end - 1, highWaterMark: READ_BYTES, autoClose: false }
      const blocks = this.#file.createReadStream(options) as AsyncIterable<Buffer>
      if (columns === header.length) yield* blocks
      else for await (const records of csvRecordBytes(blocks)) yield widened(records, header.length - columns)
      start = end
    }
  }

  async close(): Promise<void> {
    await this.#file.close()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

const [LF, COMMA] = [10, 44]

/** Adds blank cells at the end of each record. */
function widened({ bytes, count, starts }: RecordBytes, blanks: number): Buffer {
  const length = starts[count] as number
  const wide = Buffer.allocUnsafe(length + count * blanks)
  let at = 0
  for (let index = 0; index < count; index++) {
    at += bytes.copy(wide, at, starts[index], (starts[index + 1] as number) - 1)
    wide.fill(COMMA, at, at + blanks)
    at += blanks
    wide[at++] = LF
  }
  return wide
}
