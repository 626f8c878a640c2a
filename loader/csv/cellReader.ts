import type { RecordBytes } from './recordBytes.ts'

const [COMMA, QUOTE] = [44, 34]

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
export function recordCells({ bytes, starts }: RecordBytes, index: number): readonly string[] {
  const end = (starts[index + 1] as number) - 1
  const cell = new CellReader()
  const cells: string[] = []
  for (let at = starts[index] as number; at <= end; at = cell.next) cells.push(cell.read(bytes, at, end).text)
  return cells
}
