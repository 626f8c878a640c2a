import Papa from 'papaparse'
import { countLineEnds } from '../csv/csvBlock.ts'
import { CsvCutError } from '../csv/errors.ts'
import { SourceHeaderError } from './errors.ts'

/** Delimiters to detect: the rare ones only when no usual one is found. */
const USUAL_DELIMITERS = [',', ';', '\t', '|'] as const
const RARE_DELIMITERS = ['^', '`'] as const

export type CsvHeader = {
  readonly names: readonly string[]
  readonly delimiter: string
  /** `\r` for files of old Macs; `\n` for all others, with and without `\r` before it. */
  readonly lineEnd: '\n' | '\r'
  /** Where the first record begins. */
  readonly length: number
  /** Line ends before it. */
  readonly lineEnds: number
}

/**
 * Reads the header at the beginning of a text: column names, delimiter, line ends. Blank lines before it, and the
 * line `sep=;` of Excel, are skipped. Returns undefined when more text is needed, or when the text ends without a header.
 * Throws CsvCutError.
 */
export function readCsvHeader(
  source: string,
  text: string,
  atEnd: boolean,
  delimiter: string | undefined,
): CsvHeader | undefined {
  const start = /^(?:[^\S\r\n]*(?:\r\n|[\r\n]))*/.exec(text)?.[0].length ?? 0
  const excel = /^sep=([^\r\n])(?:\r?\n|\r(?!\n|$))/i.exec(text.slice(start))
  if (excel?.[1] !== undefined) {
    const skipped = start + excel[0].length
    const header = readCsvHeader(source, text.slice(skipped), atEnd, delimiter ?? excel[1])
    const lineEnds = header === undefined ? 0 : countLineEnds(text.slice(0, skipped), header.lineEnd)
    return header && { ...header, length: header.length + skipped, lineEnds: header.lineEnds + lineEnds }
  }
  const { end, openQuote, counts } = scanRecord(text, start, delimiter)
  const lineEnd = text[end] === '\r' && text[end + 1] !== '\n' ? '\r' : '\n'
  // A `\n` may follow when the last character so far is a `\r`.
  if (!atEnd && (end === text.length || (text[end] === '\r' && end + 1 === text.length))) return undefined
  if (end === start) return undefined
  if (openQuote !== undefined) throw new CsvCutError(source, countLineEnds(text.slice(0, openQuote), lineEnd) + 1)
  const found = delimiter ?? mostFrequent(counts)
  const length = Math.min(text.length, end + (text.startsWith('\r\n', end) ? 2 : 1))
  const names = namesOf(text.slice(start, end), found)
  return { names, delimiter: found, lineEnd, length, lineEnds: countLineEnds(text.slice(0, length), lineEnd) }
}

/** Throws SourceHeaderError when a name is blank or occurs twice. */
export function checkHeader(source: string, names: readonly string[]): void {
  const repeated = [...new Set(names.filter((name, index) => name !== '' && names.indexOf(name) !== index))]
  const blank = names.flatMap((name, index) => (name === '' ? [index + 1] : []))
  if (repeated.length > 0 || blank.length > 0) throw new SourceHeaderError(source, repeated, blank)
}

function namesOf(text: string, delimiter: string): string[] {
  const [names = []] = Papa.parse<string[]>(text, { delimiter, newline: '\n' }).data
  return names.map(name => name.trim())
}

type Scan = {
  /** Position of the line end of the record; the length of the text without one. */
  readonly end: number
  /** Position of the quote that is still open there. */
  readonly openQuote: number | undefined
  /** Count of each delimiter outside quotes. */
  readonly counts: ReadonlyMap<string, number>
}

/** Scans one record to its end; a line end inside quotes does not end it. */
function scanRecord(text: string, start: number, delimiter: string | undefined): Scan {
  const candidates = delimiter === undefined ? [...USUAL_DELIMITERS, ...RARE_DELIMITERS] : [delimiter]
  const counts = new Map(candidates.map(candidate => [candidate, 0]))
  let atValueStart = true
  for (let at = start; at < text.length; at++) {
    const character = text[at] ?? ''
    if (character === '\n' || character === '\r') return { end: at, openQuote: undefined, counts }
    if (character === '"' && atValueStart) {
      const close = closingQuote(text, at + 1)
      if (close < 0) return { end: text.length, openQuote: at, counts }
      at = close
    }
    const count = counts.get(character)
    atValueStart = count !== undefined
    if (count !== undefined) counts.set(character, count + 1)
  }
  return { end: text.length, openQuote: undefined, counts }
}

function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at
  }
  return -1
}

/** A comma when no delimiter is found: the file has one column. */
function mostFrequent(counts: ReadonlyMap<string, number>): string {
  for (const candidates of [USUAL_DELIMITERS, RARE_DELIMITERS]) {
    const [best] = [...candidates].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0))
    if (best !== undefined && (counts.get(best) ?? 0) > 0) return best
  }
  return ','
}
