import type { ParseError } from 'papaparse'
import { CsvCutError, CsvQuoteError } from './errors.ts'
import { PapaParser, type PapaResult } from './papaParser.ts'

export type CsvDialect = {
  readonly source: string
  readonly delimiter: string
  readonly lineEnd: '\n' | '\r'
  /** Names in the header. */
  readonly columns: number
}

export type ParsedBlock = {
  readonly rows: string[][]
  /** Characters consumed; what follows is the beginning of a record that continues in the next block. */
  readonly used: number
}

type RawRow = {
  readonly row: string[]
  /** The text it was read from, its line feed left out. */
  readonly raw: string
}

/**
 * Reads the complete records of a block that begins with a record. The last record of a block that is not the last is left
 * for the next one. Lines ended by `\r\n` and by `\n` may be mixed; empty lines are left out.
 * Throws CsvCutError and CsvQuoteError; `linesBefore` is the number of line ends before the block.
 */
export function parseCsvBlock(block: string, last: boolean, linesBefore: number, dialect: CsvDialect): ParsedBlock {
  const { source, delimiter, lineEnd } = dialect
  const raw: RawRow[] | undefined = needsRawText(block, dialect) ? [] : undefined
  const { data, errors, meta } = raw
    ? parseWithRawText(block, last, dialect, raw)
    : new PapaParser({ delimiter, newline: lineEnd }).parse(block, 0, !last)
  const lineOf = (index: number | undefined) => linesBefore + countLineEnds(block.slice(0, index), lineEnd) + 1
  for (const { code, row = 0, index } of errors) {
    if (row >= data.length) continue
    if (code === 'MissingQuotes') throw new CsvCutError(source, lineOf(index))
    // When the value is on one line, the record's end is certain: the value stays as written, with its quotes.
    if (data[row]?.some(value => value.includes(lineEnd))) throw new CsvQuoteError(source, lineOf(index))
  }
  if (raw !== undefined) return { rows: raw.flatMap(one => cleanRaw(one, dialect)), used: meta.cursor }
  return { rows: clean(data, lineEnd), used: meta.cursor }
}

/** Rare: the values alone are ambiguous when one ends with a quoted `\r`, or is the empty value "" of a single column. */
const needsRawText = (block: string, { lineEnd, columns }: CsvDialect): boolean =>
  (lineEnd === '\n' && block.includes('\r"')) || (columns === 1 && block.includes('""'))

function clean(rows: string[][], lineEnd: string): string[][] {
  let kept = 0
  for (const row of rows) {
    const end = row.length - 1
    const value = row[end] ?? ''
    if (lineEnd === '\n' && value.charCodeAt(value.length - 1) === 13) row[end] = value.slice(0, -1)
    if (end === 0 && row[0] === '') continue
    rows[kept] = row
    kept += 1
  }
  rows.length = kept
  return rows
}

function parseWithRawText(block: string, last: boolean, dialect: CsvDialect, found: RawRow[]): PapaResult {
  const { delimiter, lineEnd } = dialect
  const data: string[][] = []
  const errors: ParseError[] = []
  let start = 0
  const step = (result: PapaResult) => {
    const [row = []] = result.data
    // After the very last record the cursor is after the text, with no line end to leave out.
    const end = block[result.meta.cursor - 1] === lineEnd ? result.meta.cursor - 1 : result.meta.cursor
    errors.push(...result.errors.map(error => ({ ...error, row: data.length })))
    data.push(row)
    found.push({ row, raw: block.slice(start, Math.max(start, end)) })
    start = result.meta.cursor
  }
  new PapaParser({ delimiter, newline: lineEnd, step }).parse(block, 0, !last)
  return { data, errors, meta: { cursor: start } }
}

function cleanRaw({ row, raw }: RawRow, { delimiter, lineEnd }: CsvDialect): string[][] {
  const value = row.at(-1) ?? ''
  const strip = lineEnd === '\n' && value.endsWith('\r') && isUnquoted(value, raw, delimiter)
  if (row.length === 1 && !raw.includes('"') && value.length === (strip ? 1 : 0)) return []
  return [strip ? row.with(-1, value.slice(0, -1)) : row]
}

/** Whether the last value is unquoted in the text: only then is its `\r` half of a line end. */
function isUnquoted(value: string, raw: string, delimiter: string): boolean {
  if (value.startsWith('"') || !raw.endsWith(value)) return false
  return raw.length === value.length || raw[raw.length - value.length - 1] === delimiter
}

/** Counts line ends, to report a line number. */
export function countLineEnds(text: string, lineEnd: '\n' | '\r'): number {
  let count = 0
  for (let at = text.indexOf(lineEnd); at >= 0; at = text.indexOf(lineEnd, at + 1)) count += 1
  return count
}
