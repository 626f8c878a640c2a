// One tokeniser for the CSV of users and for our own files. RFC 4180, except: a line ends with LF, CR or both in any mixture; blanks
// around a quoted value are left out, as every spreadsheet does.
import { CsvCutError, CsvQuoteError, CsvRecordTooLongError } from './errors.ts'

export type CsvDialect = {
  /** The name of the source in messages. */
  readonly source: string
  readonly delimiter: string
  /** Whether a backslash before a quote is a problem: other programs escape quotes so. In our own files it is a character. */
  readonly reportsEscapes: boolean
}

export type ScannedRecords = {
  readonly rows: readonly string[][]
  /** What is wrong with the quotes of a row, by its index; such a row is read as well as possible. */
  readonly problems: ReadonlyMap<number, string>
  /** Position after the last of them. What follows begins a record that is not complete yet. */
  readonly end: number
  /** Line ends before that position. */
  readonly lines: number
}

/** Columns of a source, and values of a row that are kept. An object has at most 800 custom fields; exports join a few objects. */
export const MAX_COLUMNS = 5_000

/** Characters. Salesforce accepts no longer record (Bulk API limits); without a limit, an unclosed quote would collect the whole file. */
export const MAX_RECORD_LENGTH = 10_000_000

/** Characters in a batch of records. Measured on 2,400,000 records: four times as many are no faster and need 100 MB more memory. */
const BATCH_LENGTH = 64 * 1024

const LF = 10
const CR = 13
const QUOTE = 34
const BACKSLASH = 92

/** Scans the records of a text one batch at a time. Every position is searched once, so the time is linear in the text. */
export class CsvScanner {
  readonly #text: string
  readonly #isLast: boolean
  readonly #dialect: CsvDialect
  readonly #delimiter: number
  #at: number
  #lines: number
  /** Positions of the next LF, CR and quote; behind `#at` they are searched again. */
  #lf = -1
  #cr = -1
  #quote = -1
  #next = -1
  #problem: string | undefined

  /**
   * @param isLast whether the text ends the source: then its last record needs no line end
   * @param lines line ends before the text, for messages
   */
  constructor(text: string, isLast: boolean, lines: number, dialect: CsvDialect, from = 0) {
    this.#text = text
    this.#isLast = isLast
    this.#lines = lines
    this.#dialect = dialect
    this.#delimiter = dialect.delimiter.charCodeAt(0)
    this.#at = from
  }

  /** The next complete records; none are left when `rows` is empty. Empty lines are left out. Throws CsvCutError, CsvQuoteError and CsvRecordTooLongError. */
  batch(most = BATCH_LENGTH): ScannedRecords {
    const rows: string[][] = []
    const problems = new Map<number, string>()
    const stop = Math.min(this.#text.length, this.#at + most)
    while (this.#at < this.#text.length && (rows.length === 0 || this.#at < stop)) {
      const start = this.#at
      const end = this.#lineEnd()
      if (end === this.#text.length && !this.#isLast) break
      if (end > start && this.#quoteFrom(start) < end) {
        const row = this.#quotedRecord()
        if (row === undefined) break
        if (this.#problem !== undefined) problems.set(rows.length, this.#problem)
        rows.push(row)
      } else if (end > start) {
        rows.push(this.#text.slice(start, end).split(this.#dialect.delimiter, MAX_COLUMNS + 1))
        this.#at = end
      }
      this.#checkLength(start)
      this.#passLineEnd()
    }
    if (rows.length === 0) this.#checkLength(this.#at, this.#text.length)
    return { rows, problems, end: this.#at, lines: this.#lines }
  }

  /** The record at the position, whose line has a quote; undefined when it is not complete. The position is then its line end. */
  #quotedRecord(): string[] | undefined {
    const start = this.#at
    const linesBefore = this.#lines
    const cells: string[] = []
    this.#problem = undefined
    for (;;) {
      const value = this.#value(start, cells.length + 1)
      if (value === undefined) {
        this.#at = start
        this.#lines = linesBefore
        this.#lf = this.#cr = this.#quote = this.#next = -1
        return undefined
      }
      // The rest of a broken record is read by other rules.
      if (typeof value !== 'string') return value
      if (cells.length <= MAX_COLUMNS) cells.push(value)
      if (this.#text.charCodeAt(this.#at) !== this.#delimiter) return cells
      this.#at += 1
    }
  }

  /** A value; undefined when it is not complete; the cells of the whole record when its quotes are misplaced. */
  #value(recordStart: number, number: number): string | string[] | undefined {
    const begin = this.#blanksEnd(this.#at)
    return this.#text.charCodeAt(begin) === QUOTE
      ? this.#quotedValue(recordStart, begin, number)
      : this.#plainValue(number)
  }

  #plainValue(number: number): string | undefined {
    const start = this.#at
    const end = Math.min(this.#delimiterFrom(start), this.#lineEnd())
    if (end === this.#text.length && !this.#isLast) return undefined
    const value = this.#text.slice(start, end)
    if (this.#dialect.reportsEscapes && value.includes('\\"')) this.#problem ??= escaped(number)
    this.#at = end
    return value
  }

  #quotedValue(recordStart: number, begin: number, number: number): string | string[] | undefined {
    const text = this.#text
    const { reportsEscapes } = this.#dialect
    let escapedAt = -1
    let isDoubled = false
    // JSON inside a value has backslashes, and other quotes too: those are written twice.
    let isSurelyDoubled = !reportsEscapes
    let close = text.indexOf('"', begin + 1)
    while (close >= 0 && text.charCodeAt(close + 1) === QUOTE) {
      const hasBackslash = close > begin + 1 && text.charCodeAt(close - 1) === BACKSLASH
      if (!hasBackslash) isSurelyDoubled = true
      else if (escapedAt < 0) escapedAt = close
      isDoubled = true
      close = text.indexOf('"', close + 2)
    }
    const after = close < 0 ? text.length : this.#blanksEnd(close + 1)
    if (after === text.length && !this.#isLast) return undefined
    if (close >= 0 && this.#endsValue(after)) {
      if (escapedAt >= 0 && !isSurelyDoubled) this.#problem ??= escaped(number)
      this.#at = after
      const value = text.slice(begin + 1, close)
      this.#lines += countLineEnds(value)
      return isDoubled ? value.replaceAll('""', '"') : value
    }
    const line = this.#lines + 1
    const isEscaped = escapedAt >= 0 || (close > 0 && text.charCodeAt(close - 1) === BACKSLASH)
    // Where a backslash escapes the quote, the value may have ended on that line.
    const from = escapedAt >= 0 ? escapedAt : close
    if (from < 0) throw new CsvCutError(this.#dialect.source, line)
    if (countLineEnds(text.slice(begin, from)) > 0) throw new CsvQuoteError(this.#dialect.source, line)
    this.#problem = isEscaped ? escaped(number) : misplaced(number)
    this.#at = from
    const end = this.#lineEnd()
    if (end === text.length && !this.#isLast) return undefined
    this.#at = end
    const cells = splitLeniently(text.slice(recordStart, end), this.#dialect.delimiter)
    // A quote that stays open on the line may hide the beginning of other records.
    if (cells === undefined) throw new CsvQuoteError(this.#dialect.source, line)
    return cells
  }

  #endsValue(at: number): boolean {
    const code = this.#text.charCodeAt(at)
    return at === this.#text.length || code === this.#delimiter || code === LF || code === CR
  }

  #blanksEnd(from: number): number {
    let at = from
    while (isBlankCode(this.#text.charCodeAt(at)) && this.#text.charCodeAt(at) !== this.#delimiter) at += 1
    return at
  }

  /** Position of the first line end from here on; the length of the text without one. */
  #lineEnd(): number {
    if (this.#lf < this.#at) this.#lf = this.#find('\n', this.#at)
    if (this.#cr < this.#at) this.#cr = this.#find('\r', this.#at)
    return Math.min(this.#lf, this.#cr)
  }

  #quoteFrom(at: number): number {
    if (this.#quote < at) this.#quote = this.#find('"', at)
    return this.#quote
  }

  #delimiterFrom(at: number): number {
    if (this.#next < at) this.#next = this.#find(this.#dialect.delimiter, at)
    return this.#next
  }

  #find(character: string, from: number): number {
    const found = this.#text.indexOf(character, from)
    return found < 0 ? this.#text.length : found
  }

  #passLineEnd(): void {
    const code = this.#text.charCodeAt(this.#at)
    if (code !== LF && code !== CR) return
    const isSecondHalf = code === LF && this.#at > 0 && this.#text.charCodeAt(this.#at - 1) === CR
    if (!isSecondHalf) this.#lines += 1
    this.#at += 1
  }

  #checkLength(start: number, end = this.#at): void {
    if (end - start <= MAX_RECORD_LENGTH) return
    throw new CsvRecordTooLongError(this.#dialect.source, this.#lines + 1, MAX_RECORD_LENGTH)
  }
}

const escaped = (number: number): string =>
  `Value ${number} has a quote escaped by a backslash (\\"); in a quoted value write each quote twice, like "5"" tube"`

const misplaced = (number: number): string =>
  `Value ${number} has text after its closing quote; in a quoted value write each quote twice, like "5"" tube"`

/** Blanks that people, spreadsheets and web pages write beside a quote. A line end is not a blank. */
const isBlankCode = (code: number): boolean =>
  code === 32 || code === 9 || code === 0xa0 || code === 0xfeff || code === 0x3000 || (code >= 0x2000 && code <= 0x200b)

/**
 * The cells of a record with misplaced quotes, for a person to correct: a quote ends a value only before a delimiter, and a
 * backslash escapes it. Returns undefined when a quote stays open.
 */
function splitLeniently(record: string, delimiter: string): string[] | undefined {
  const cells: string[] = []
  let at = 0
  while (cells.length <= MAX_COLUMNS) {
    let begin = at
    while (isBlankCode(record.charCodeAt(begin)) && record[begin] !== delimiter) begin += 1
    const cell = record[begin] === '"' ? quotedCell(record, begin + 1, delimiter) : plainCell(record, at, delimiter)
    if (cell === undefined) return undefined
    cells.push(cell.value)
    if (cell.end >= record.length) return cells
    at = cell.end + 1
  }
  return cells
}

type Cell = { readonly value: string; readonly end: number }

function plainCell(record: string, from: number, delimiter: string): Cell {
  const found = record.indexOf(delimiter, from)
  const end = found < 0 ? record.length : found
  return { value: record.slice(from, end).replaceAll('\\"', '"'), end }
}

function quotedCell(record: string, from: number, delimiter: string): Cell | undefined {
  const parts: string[] = []
  let start = from
  for (let quote = record.indexOf('"', from); quote >= 0; quote = record.indexOf('"', quote + 1)) {
    if (record[quote - 1] === '\\' && quote > start) {
      parts.push(record.slice(start, quote - 1))
      start = quote
      continue
    }
    let after = quote + 1
    while (isBlankCode(record.charCodeAt(after)) && record[after] !== delimiter) after += 1
    if (after === record.length || record[after] === delimiter) {
      return { value: [...parts, record.slice(start, quote)].join(''), end: after }
    }
    if (record[quote + 1] === '"') {
      parts.push(record.slice(start, quote))
      start = quote + 1
      quote += 1
    }
  }
  return undefined
}

/** Counts line ends, to report a line number: LF, CR, or both as one. */
export function countLineEnds(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1
  for (let at = text.indexOf('\r'); at >= 0; at = text.indexOf('\r', at + 1)) {
    if (text.charCodeAt(at + 1) !== LF) count += 1
  }
  return count
}
