import { CsvScanner } from '../csv/csvScanner.ts'
import { SourceError } from '../csv/errors.ts'
import { SourceOptionError } from './errors.ts'

/** Delimiters to detect: the rare ones only when no usual one is found. */
const USUAL_DELIMITERS = [',', ';', '\t', '|'] as const
const RARE_DELIMITERS = ['^', '`'] as const

/** Characters of records that are compared with the header. */
const SAMPLE_LENGTH = 64 * 1024

export type DelimiterChoice = {
  readonly delimiter: string
  /** `declared` by the sync or by the line `sep=` of Excel. */
  readonly delimiterBy: 'declared' | 'detected'
}

type HeaderScan = {
  /** Position of the line end of the header; the length of the text without one. */
  readonly end: number
  /** Position of the quote that is still open there. */
  readonly openQuote: number | undefined
  /** Count of each delimiter outside quotes. */
  readonly counts: ReadonlyMap<string, number>
}

/** Scans the header to its end; a line end inside quotes does not end it. */
export function scanHeader(text: string, start: number, delimiter: string | undefined): HeaderScan {
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
    atValueStart = count !== undefined || (atValueStart && character.trim() === '')
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

type HeaderPlace = {
  readonly start: number
  readonly end: number
  readonly atEnd: boolean
  readonly counts: ReadonlyMap<string, number>
}

/**
 * The most frequent delimiter of the header; of several, the one that gives every record as many values as the header has names.
 * A comma when there is none: the file has one column. Returns undefined when more text is needed. Throws SourceOptionError when
 * nothing decides.
 */
export function chooseDelimiter(source: string, text: string, place: HeaderPlace): string | undefined {
  const { counts, end, atEnd } = place
  const present = [USUAL_DELIMITERS, RARE_DELIMITERS]
    .map(group => group.filter(one => (counts.get(one) ?? 0) > 0))
    .find(group => group.length > 0)
  const [first = ',', ...others] = present ?? []
  if (others.length === 0) return first
  if (!atEnd && text.length - end < SAMPLE_LENGTH) return undefined
  const ranked = [first, ...others].map(delimiter => ({
    delimiter,
    count: counts.get(delimiter) ?? 0,
    fit: fitOf(source, text, place, delimiter),
  }))
  const most = Math.max(...ranked.map(({ count }) => count))
  const frequent = ranked.filter(({ count }) => count === most)
  const fitting = ranked.filter(({ fit }) => fit === 'all')
  const candidates = frequent.every(({ fit }) => fit === 'none') && fitting.length > 0 ? fitting : frequent
  const best = candidates.length > 1 ? candidates.filter(({ fit }) => fit === 'all') : candidates
  if (best.length === 1) return best[0]?.delimiter
  throw undecided(
    source,
    candidates.map(({ delimiter }) => delimiter),
  )
}

/** How many of the first records have as many values as the header has names. */
function fitOf(
  source: string,
  text: string,
  { start, end, atEnd }: HeaderPlace,
  delimiter: string,
): 'all' | 'some' | 'none' {
  const dialect = { source, delimiter, reportsEscapes: true }
  try {
    const [header = []] = new CsvScanner(text.slice(start, end), true, 0, dialect).batch().rows
    const sample = text.slice(end, end + SAMPLE_LENGTH)
    const { rows } = new CsvScanner(sample, atEnd && end + SAMPLE_LENGTH >= text.length, 0, dialect).batch()
    const records = rows.filter(row => row.some(value => value.trim() !== ''))
    const fitting = records.filter(row => row.length === header.length).length
    if (fitting === 0) return 'none'
    return fitting === records.length ? 'all' : 'some'
  } catch (error) {
    if (error instanceof SourceError) return 'none'
    throw error
  }
}

function undecided(source: string, delimiters: readonly string[]): SourceOptionError {
  const shown = delimiters.map(one => JSON.stringify(one))
  return new SourceOptionError(
    `The delimiter of the source ${source} can't be detected: its header may be separated by ${shown.join(' or ')}. ` +
      `Set delimiter beside its uri, such as delimiter: ${shown[shown.length - 1]}.`,
    { kind: 'delimiter', source, found: delimiters },
  )
}
