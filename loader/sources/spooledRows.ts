import { type FileHandle, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { csvLine } from '../csv/ownCsv.ts'
import { csvRecordBytes, type RecordBytes } from '../csv/recordBytes.ts'
import { temporaryFolder } from './localFile.ts'

/** Characters collected before they are written. */
const BLOCK_LENGTH = 64 * 1024
const READ_BYTES = 64 * 1024

/** Consecutive rows with equally many cells. */
type Section = { readonly columns: number; bytes: number }
type WaitingRows = { readonly columns: number; text: string }

/**
 * Rows of a source whose columns are known only after its last record, as CSV in a temporary file that only the user of the worker can
 * read. Columns that occur later are added behind the others, and earlier rows are blank there.
 */
export class SpooledRows {
  readonly #folder: string
  readonly #file: FileHandle
  readonly #sections: Section[] = []
  #waiting: WaitingRows[] = []
  #waitingLength = 0
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
    return this.#waitingLength >= BLOCK_LENGTH
  }

  /** Adds a row with at least as many cells as the row before. */
  add(cells: readonly string[]): void {
    let rows = this.#waiting.at(-1)
    if (rows?.columns !== cells.length) {
      rows = { columns: cells.length, text: '' }
      this.#waiting.push(rows)
    }
    const line = csvLine(cells)
    rows.text += line
    this.#waitingLength += line.length
  }

  /** Writes the rows that were added. */
  async write(): Promise<void> {
    for (const { columns, text } of this.#waiting) {
      const block = Buffer.from(text)
      await this.#file.appendFile(block)
      this.#bytes += block.length
      const last = this.#sections.at(-1)
      if (last?.columns === columns) last.bytes += block.length
      else this.#sections.push({ columns, bytes: block.length })
    }
    this.#waiting = []
    this.#waitingLength = 0
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
