// Reads CSV in the dialect of our own files and of Salesforce's results as bytes: what is only copied or hashed becomes no string.
import { CsvCutError } from './errors.ts'

const QUOTE = 34
const COMMA = 44
const LINE_FEED = 10

/** Consecutive whole records. Valid until the next ones are requested. */
export type ByteRecords = {
  /** The records, from its beginning on. */
  readonly bytes: Buffer
  readonly count: number
  /** Where each record begins; the item after the last is where that one ends, its line feed included. */
  readonly starts: Uint32Array
}

/** Cuts a file into its records, the header included, in batches that are never empty. Throws CsvCutError when it ends inside a quoted value. */
export async function* byteRecords(
  description: string,
  blocks: AsyncIterable<Uint8Array>,
): AsyncGenerator<ByteRecords, void> {
  const cutter = new RecordCutter()
  for await (const block of blocks) {
    const records = cutter.cut(block)
    if (records.count > 0) yield records
  }
  if (cutter.isQuoted) throw new CsvCutError(description, cutter.lines + 1)
  if (cutter.isBetweenRecords) return
  // The last record needs no line feed.
  yield cutter.cut(Buffer.of(LINE_FEED))
}

const FIRST_RECORDS = 4096
const FIRST_BYTES = 64 * 1024

/** Cuts blocks into whole records; the beginning of a record waits for the next block. It reuses its memory: a file makes no garbage. */
class RecordCutter {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES)
  /** The beginning of a record is between these two. */
  #restStart = 0
  #restEnd = 0
  #starts = new Uint32Array(FIRST_RECORDS)
  /** Whether the bytes so far end inside a quoted value. */
  isQuoted = false
  /** Line feeds so far. */
  lines = 0

  get isBetweenRecords(): boolean {
    return this.#restStart === this.#restEnd
  }

  cut(block: Uint8Array): ByteRecords {
    const known = this.#restEnd - this.#restStart
    const length = known + block.length
    const bytes = this.#room(length)
    bytes.set(block, known)
    let { isQuoted, lines } = this
    let count = 0
    for (let at = known; at < length; at++) {
      const byte = bytes[at]
      if (byte === QUOTE) isQuoted = !isQuoted
      if (byte !== LINE_FEED) continue
      lines++
      if (isQuoted) continue
      count++
      if (count === this.#starts.length) this.#moreStarts()
      this.#starts[count] = at + 1
    }
    this.isQuoted = isQuoted
    this.lines = lines
    this.#restStart = this.#starts[count] as number
    this.#restEnd = length
    return { bytes, count, starts: this.#starts }
  }

  /** Memory for so many bytes, with the beginning of the record in front. */
  #room(length: number): Buffer {
    const old = this.#bytes
    if (length > old.length) this.#bytes = Buffer.allocUnsafeSlow(length * 2)
    old.copy(this.#bytes, 0, this.#restStart, this.#restEnd)
    return this.#bytes
  }

  #moreStarts(): void {
    const starts = new Uint32Array(this.#starts.length * 2)
    starts.set(this.#starts)
    this.#starts = starts
  }
}

/** Reads cells of records, one after another. */
export class CellReader {
  /** The bytes that contain the value. */
  bytes: Buffer = Buffer.alloc(0)
  /** Where the value begins and ends, quotes left out. */
  start = 0
  end = 0
  /** Where the next cell begins; after `recordEnd` when there is none. */
  next = 0

  /** Reads the cell that begins at `at`. */
  read(bytes: Buffer, at: number, recordEnd: number): this {
    if (at < recordEnd && bytes[at] === QUOTE) return this.#readQuoted(bytes, at, recordEnd)
    let end = at
    while (end < recordEnd && bytes[end] !== COMMA) end++
    this.bytes = bytes
    this.start = at
    this.end = end
    this.next = end + 1
    return this
  }

  /** Reads the cell at an index, counted from 0, of the record that begins at `start`; blank when the record has fewer. */
  readAt(index: number, bytes: Buffer, start: number, recordEnd: number): this {
    this.read(bytes, start, recordEnd)
    for (let cell = 0; cell < index; cell++) this.read(bytes, Math.min(this.next, recordEnd), recordEnd)
    return this
  }

  get text(): string {
    return this.bytes.toString('utf8', this.start, this.end)
  }

  #readQuoted(bytes: Buffer, at: number, recordEnd: number): this {
    let isDoubled = false
    let end = at + 1
    for (; end < recordEnd; end++) {
      if (bytes[end] !== QUOTE) continue
      if (bytes[end + 1] !== QUOTE) break
      isDoubled = true
      end++
    }
    this.bytes = bytes
    this.start = at + 1
    this.end = end
    this.next = end + 2
    if (!isDoubled) return this
    this.bytes = Buffer.from(this.text.replaceAll('""', '"'))
    this.start = 0
    this.end = this.bytes.length
    return this
  }
}

/** The values of a record; those of the first one are the header. */
export function recordCells({ bytes, starts }: ByteRecords, index: number): readonly string[] {
  const end = (starts[index + 1] as number) - 1
  const cell = new CellReader()
  const cells: string[] = []
  for (let at = starts[index] as number; at <= end; at = cell.next) cells.push(cell.read(bytes, at, end).text)
  return cells
}
