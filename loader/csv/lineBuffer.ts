import { CELL, type CellBatch, cellText } from './cells.ts'
import { csvCells } from './ownCsv.ts'

const BLANK = 32
const QUOTE = 34
const COMMA = 44
const LF = 10
const ZERO = 48
const CAPITAL_A = 65
const CAPITAL_Z = 90
/** Set in a small letter, not in its capital. */
const SMALL = 32
const FIRST_BYTES = 1024
/** Above this length the call of a copy costs less than a loop. */
const LOOPED = 48
/** A byte of a cell for which Salesforce requires quotes around it. */
const NEEDS_QUOTES = CELL.COMMA | CELL.LINE_END | CELL.QUOTE

/** Lines of CSV with commas, written as bytes into memory that is used again and grows as necessary. */
export class LineBuffer {
  #bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES)
  #used = 0

  get length(): number {
    return this.#used
  }

  /** What was written; valid until the next write. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.#used)
  }

  /** The memory that `written` is in. */
  get bytes(): Buffer {
    return this.#bytes
  }

  clear(): this {
    this.#used = 0
    return this
  }

  comma(): void {
    this.#put(COMMA)
  }

  lineEnd(): void {
    this.#put(LF)
  }

  /** A whole number that is not negative. */
  number(value: number): void {
    let digits = 1
    for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits += 1
    this.#reserve(digits)
    let rest = value
    for (let at = this.#used + digits - 1; at >= this.#used; at--) {
      const next = Math.floor(rest / 10)
      this.#bytes[at] = ZERO + rest - next * 10
      rest = next
    }
    this.#used += digits
  }

  /** Bytes as they are. */
  raw(bytes: Buffer, start: number, end: number): void {
    const size = end - start
    this.#reserve(size)
    const target = this.#bytes
    let to = this.#used
    this.#used += size
    if (size > LOOPED) {
      bytes.copy(target, to, start, end)
      return
    }
    for (let at = start; at < end; at++) {
      target[to] = bytes[at] as number
      to += 1
    }
  }

  /** Bytes of ASCII with the capital letters as small ones. */
  folded(bytes: Buffer, start: number, end: number): void {
    this.#reserve(end - start)
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number
      this.#bytes[this.#used] = byte >= CAPITAL_A && byte <= CAPITAL_Z ? byte | SMALL : byte
      this.#used += 1
    }
  }

  /** Text that has its quotes already. */
  text(text: string): void {
    // UTF-8 takes at most three bytes for a UTF-16 unit.
    this.#reserve(text.length * 3)
    this.#used += this.#bytes.write(text, this.#used)
  }

  /** A value, in quotes where it needs them. */
  value(value: string): void {
    this.text(csvCells([value]))
  }

  /** The value of a cell, in quotes where it needs them. */
  cell(batch: CellBatch, cell: number): void {
    const { bytes } = batch
    const start = batch.starts[cell] as number
    const end = batch.ends[cell] as number
    if (start === end) return
    const mark = batch.marks[cell] as number
    if ((mark & NEEDS_QUOTES) === 0 && bytes[start] !== BLANK && bytes[end - 1] !== BLANK) {
      this.raw(bytes, start, end)
      return
    }
    if ((mark & CELL.QUOTE) !== 0 && (mark & CELL.QUOTED) === 0) {
      this.value(cellText(batch, cell))
      return
    }
    this.#put(QUOTE)
    this.raw(bytes, start, end)
    this.#put(QUOTE)
  }

  #put(byte: number): void {
    this.#reserve(1)
    this.#bytes[this.#used] = byte
    this.#used += 1
  }

  #reserve(size: number): void {
    if (this.#used + size <= this.#bytes.byteLength) return
    const grown = Buffer.allocUnsafeSlow(2 * (this.#used + size))
    this.#bytes.copy(grown, 0, 0, this.#used)
    this.#bytes = grown
  }
}
