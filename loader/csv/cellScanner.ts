// Scans CSV in UTF-8 as bytes: no string is made of a cell. What is not well-formed goes to CsvScanner, the reference.
import { CELL, type CellBatch, markClasses } from './cells.ts'
import { type CsvDialect, CsvScanner, MAX_COLUMNS, MAX_RECORD_LENGTH } from './csvScanner.ts'
import { incompleteUtf8 } from './utf8.ts'

/** Bytes of records in a batch: each is scanned while it is in the cache of the processor. */
const BATCH_BYTES = 64 * 1024

/** Room at first: most sources and chunks are small. */
const FIRST_BYTES = 4096
const FIRST_CELLS = 512

const LF = 10
const CR = 13
const BLANK = 32
const QUOTE = 34
const LAST_ASCII = 127

/** Ends a cell: the delimiter, LF and CR. Unlike all marks of a cell it is the highest bit of a class. */
const STOP = CELL.QUOTED
/** A quote that a backslash may escape. */
const ESCAPED = CELL.QUOTE | CELL.BACKSLASH

/** What the scan of one record found. */
type Found = 'record' | 'incomplete' | 'odd'

/** Scans the records of a stream of bytes. The batches share their memory: each is valid until the next one. */
export class CellScanner {
  readonly #dialect: CsvDialect
  /** By byte: the marks that it gives its cell, and STOP. */
  readonly #classes: Uint8Array
  readonly #isDelimiterAscii: boolean
  #lines: number
  #firstRow = 1
  /** Bytes that are not scanned yet: from `#at` to `#end`. A line feed follows them, so that the end of the bytes ends a cell. */
  #bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES)
  #at = 0
  #end = 0
  /** The byte before `#at` is CR: LF is the second half of a line end. */
  #isAfterCr = false
  #firstCells = new Uint32Array(1024)
  #starts = new Uint32Array(FIRST_CELLS)
  #ends = new Uint32Array(FIRST_CELLS)
  #marks = new Uint8Array(FIRST_CELLS)
  #cells = 0

  /** @param lines line ends before the first byte, for messages */
  constructor(lines: number, dialect: CsvDialect) {
    this.#dialect = dialect
    this.#lines = lines
    const delimiter = dialect.delimiter.charCodeAt(0)
    this.#isDelimiterAscii = delimiter <= LAST_ASCII
    this.#classes = markClasses()
    for (const byte of [LF, CR, ...(this.#isDelimiterAscii ? [delimiter] : [])]) {
      this.#classes[byte] = (this.#classes[byte] as number) | STOP
    }
  }

  /** Bytes that are not scanned yet. */
  get waiting(): number {
    return this.#end - this.#at
  }

  /** Appends bytes: valid UTF-8, of whole characters. They are copied. */
  push(block: Uint8Array): void {
    const kept = this.waiting
    const needed = kept + block.byteLength + 1
    const rest = this.#bytes.subarray(this.#at, this.#end)
    const room = this.#bytes.byteLength
    if (needed > room) this.#bytes = Buffer.allocUnsafeSlow(Math.max(needed + kept, 2 * room))
    this.#bytes.set(rest)
    this.#bytes.set(block, kept)
    this.#at = 0
    this.#end = kept + block.byteLength
    this.#bytes[this.#end] = LF
  }

  /**
   * The next complete records; undefined when none are left. Empty lines are left out.
   * Throws CsvCutError, CsvQuoteError and CsvRecordTooLongError.
   * @param isLast whether the bytes end the source: then its last record needs no line end
   */
  batch(isLast: boolean): CellBatch | undefined {
    const stop = Math.min(this.#end, this.#at + BATCH_BYTES)
    let records = 0
    this.#cells = 0
    while (this.#at < this.#end && (records === 0 || this.#at < stop)) {
      if (this.#passesLineEnd()) continue
      const start = this.#at
      const cells = this.#cells
      const lines = this.#lines
      const found = this.#isDelimiterAscii ? this.#record(isLast) : 'odd'
      if (found === 'record' && this.#at - start <= MAX_RECORD_LENGTH) {
        this.#setFirstCell(records, cells)
        records += 1
        continue
      }
      const isTooLong = this.#end - start > MAX_RECORD_LENGTH
      this.#at = start
      this.#cells = cells
      this.#lines = lines
      if (found === 'incomplete' && !isTooLong) break
      if (records === 0) return this.#reference(isLast)
      break
    }
    if (records === 0) return undefined
    this.#setFirstCell(records, this.#cells)
    return this.#taken(records, this.#bytes, new Map())
  }

  #taken(records: number, bytes: Buffer, problems: ReadonlyMap<number, string>): CellBatch {
    const firstRow = this.#firstRow
    this.#firstRow += records
    return {
      firstRow,
      records,
      bytes,
      firstCells: this.#firstCells,
      starts: this.#starts,
      ends: this.#ends,
      marks: this.#marks,
      problems,
    }
  }

  #passesLineEnd(): boolean {
    const byte = this.#bytes[this.#at]
    if (byte !== LF && byte !== CR) {
      this.#isAfterCr = false
      return false
    }
    if (byte === CR || !this.#isAfterCr) this.#lines += 1
    this.#isAfterCr = byte === CR
    this.#at += 1
    return true
  }

  /** Scans one record up to its line end. */
  #record(isLast: boolean): Found {
    const bytes = this.#bytes
    const end = this.#end
    const classes = this.#classes
    const first = this.#cells
    let at = this.#at
    for (;;) {
      let mark = 0
      let start = at
      let close: number
      if (bytes[at] === QUOTE && at < end) {
        start += 1
        for (close = start; ; close += 2) {
          while (close < end && bytes[close] !== QUOTE) {
            mark |= classes[bytes[close] as number] as number
            close += 1
          }
          if (close + 1 >= end && !isLast) return 'incomplete'
          if (close >= end) return 'odd'
          if (bytes[close + 1] !== QUOTE) break
          mark |= CELL.QUOTE
        }
        at = close + 1
        if (((classes[bytes[at] as number] as number) & STOP) === 0) return 'odd'
        if (this.#dialect.reportsEscapes && (mark & ESCAPED) === ESCAPED) return 'odd'
        mark |= CELL.QUOTED
        if ((mark & CELL.LINE_END) !== 0) this.#lines += lineEndsIn(bytes, start, close)
      } else {
        let seen = classes[bytes[at] as number] as number
        while (seen < STOP) {
          mark |= seen
          at += 1
          seen = classes[bytes[at] as number] as number
        }
        close = at
        if ((mark & CELL.QUOTE) !== 0 && this.#mayBeOdd(start, mark))
          return at === end && !isLast ? 'incomplete' : 'odd'
      }
      if (at === end && !isLast) return 'incomplete'
      const cell = this.#cells
      if (cell - first <= MAX_COLUMNS) {
        if (cell === this.#starts.length) this.#growCells()
        this.#starts[cell] = start
        this.#ends[cell] = close
        this.#marks[cell] = mark
        this.#cells = cell + 1
      }
      const byte = bytes[at]
      if (at === end || byte === LF || byte === CR) break
      at += 1
    }
    this.#at = at
    return 'record'
  }

  /** Whether a quote inside a value that does not begin with one is a problem, or the value begins with blanks and a quote. */
  #mayBeOdd(start: number, mark: number): boolean {
    const first = this.#bytes[start] as number
    if (first <= BLANK || first > LAST_ASCII) return true
    return this.#dialect.reportsEscapes && (mark & ESCAPED) === ESCAPED
  }

  /** Records as the reference reads them, in bytes of their own; undefined when none is complete. */
  #reference(isLast: boolean, most = 2 * BATCH_BYTES): CellBatch | undefined {
    const some = this.#bytes.subarray(this.#at, Math.min(this.#at + most, this.#end))
    const isAll = some.length === this.waiting
    const text = some.toString('utf8', 0, isAll ? some.length : some.length - incompleteUtf8(some))
    const scanned = new CsvScanner(text, isLast && isAll, this.#lines, this.#dialect).batch()
    if (scanned.rows.length === 0) return isAll ? undefined : this.#reference(isLast, this.waiting)
    const read = Buffer.byteLength(text.slice(0, scanned.end))
    // A value never has more bytes than what it was read from.
    const bytes = Buffer.allocUnsafe(read)
    let used = 0
    this.#cells = 0
    for (const [index, row] of scanned.rows.entries()) {
      this.#setFirstCell(index, this.#cells)
      for (const value of row) {
        const size = bytes.write(value, used)
        this.#addCell(used, used + size, this.#marksOf(bytes, used, used + size))
        used += size
      }
    }
    this.#setFirstCell(scanned.rows.length, this.#cells)
    this.#at += read
    this.#lines = scanned.lines
    this.#isAfterCr = this.#bytes[this.#at - 1] === CR
    return this.#taken(scanned.rows.length, bytes, scanned.problems)
  }

  #marksOf(bytes: Buffer, start: number, end: number): number {
    let mark = 0
    for (let at = start; at < end; at++) mark |= this.#classes[bytes[at] as number] as number
    return mark & ~STOP
  }

  #addCell(start: number, end: number, mark: number): void {
    if (this.#cells === this.#starts.length) this.#growCells()
    this.#starts[this.#cells] = start
    this.#ends[this.#cells] = end
    this.#marks[this.#cells] = mark
    this.#cells += 1
  }

  #setFirstCell(record: number, cell: number): void {
    if (record === this.#firstCells.length) this.#firstCells = grown(this.#firstCells, new Uint32Array(record * 2))
    this.#firstCells[record] = cell
  }

  #growCells(): void {
    const length = this.#starts.length * 2
    this.#starts = grown(this.#starts, new Uint32Array(length))
    this.#ends = grown(this.#ends, new Uint32Array(length))
    this.#marks = grown(this.#marks, new Uint8Array(length))
  }
}

function grown<T extends Uint8Array | Uint32Array>(from: T, to: T): T {
  to.set(from)
  return to
}

/** Line ends inside a value: LF, CR, or both as one. */
function lineEndsIn(bytes: Uint8Array, start: number, end: number): number {
  let count = 0
  for (let at = start; at < end; at++) {
    if (bytes[at] === LF || (bytes[at] === CR && !(bytes[at + 1] === LF && at + 1 < end))) count += 1
  }
  return count
}
