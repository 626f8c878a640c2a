import { CsvScanner, countLineEnds, MAX_COLUMNS } from '../csv/csvScanner.ts'
import { CsvCutError } from '../csv/errors.ts'
import { chooseDelimiter, type DelimiterChoice, scanHeader } from './delimiter.ts'
import { SourceHeaderError } from './errors.ts'

export type CsvHeader = DelimiterChoice & {
  /** Trimmed. A column may have no name, and a name may occur twice, as long as nothing needs it. */
  readonly names: readonly string[]
  /** Where the first record begins. */
  readonly length: number
  /** Line ends before it. */
  readonly lineEnds: number
}

/** A name that is cut in messages; a header may have any text. */
const SHOWN_NAME = 100

/**
 * Reads the header at the beginning of a text: column names and delimiter. Lines without a name before it, and the
 * line `sep=;` of Excel, are passed over. Returns undefined when more text is needed, or when the text ends without a header.
 * Throws CsvCutError, SourceHeaderError, and SourceOptionError when the delimiter can't be decided.
 */
export function readCsvHeader(
  source: string,
  text: string,
  atEnd: boolean,
  delimiter: string | undefined,
): CsvHeader | undefined {
  const excel = excelDelimiter(text, linesEnd(text, 0))
  const given = delimiter ?? excel?.delimiter
  let start = linesEnd(text, excel?.end ?? 0)
  for (;;) {
    const { end, openQuote, counts } = scanHeader(text, start, given)
    // Whether a record ends is not certain before its line end.
    if (!atEnd && end === text.length) return undefined
    if (end === start) return undefined
    if (openQuote !== undefined) throw new CsvCutError(source, countLineEnds(text.slice(0, openQuote)) + 1)
    if (hasNoName(text.slice(start, end), [...counts.keys()])) {
      start = linesEnd(text, end)
      continue
    }
    const chosen = given ?? chooseDelimiter(source, text, { start, end, atEnd, counts })
    if (chosen === undefined) return undefined
    return {
      names: namesOf(source, text.slice(start, end), chosen),
      delimiter: chosen,
      delimiterBy: given === undefined ? 'detected' : 'declared',
      length: end,
      lineEnds: countLineEnds(text.slice(0, end)),
    }
  }
}

/** Whether a line has delimiters, quotes and blanks only: a spreadsheet leaves such lines above a table. */
function hasNoName(line: string, delimiters: readonly string[]): boolean {
  for (const character of line) {
    if (character !== '"' && !delimiters.includes(character) && character.trim() !== '') return false
  }
  return true
}

/** The delimiter that Excel declares in the first line. */
function excelDelimiter(text: string, start: number): { readonly delimiter: string; readonly end: number } | undefined {
  const [line, delimiter] = /^"?sep=([^\r\n"])"?[ \t]*(?=[\r\n])/i.exec(text.slice(start, start + 80)) ?? []
  return line === undefined || delimiter === undefined ? undefined : { delimiter, end: start + line.length }
}

/** Position of the first line with text, from the beginning of a line. */
function linesEnd(text: string, from: number): number {
  let start = from
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 10 || code === 13) start = at + 1
    else if (code !== 32 && code !== 9) break
  }
  return start
}

function namesOf(source: string, text: string, delimiter: string): string[] {
  const { rows, problems } = new CsvScanner(text, true, 0, { source, delimiter, reportsEscapes: true }).batch()
  const names = (rows[0] ?? []).map(name => name.trim())
  const [problem] = problems.values()
  if (problem !== undefined) throw new SourceHeaderError(source, problem, 'Correct the quotes of its first line.')
  if (names.length <= MAX_COLUMNS) return names
  throw new SourceHeaderError(source, `it has more than ${MAX_COLUMNS} columns`, 'Export fewer columns.')
}

/** For records given inline. Throws SourceHeaderError when a name is blank or occurs twice. */
export function checkHeader(source: string, names: readonly string[]): void {
  const seen = new Set<string>()
  for (const [index, name] of names.entries()) {
    const shown = JSON.stringify(name.slice(0, SHOWN_NAME))
    if (name === '') throw new SourceHeaderError(source, `the name of column ${index + 1} is blank`, 'Give it a name.')
    if (seen.has(name)) throw new SourceHeaderError(source, `the column ${shown} occurs twice`, 'Remove one of them.')
    seen.add(name)
  }
}
