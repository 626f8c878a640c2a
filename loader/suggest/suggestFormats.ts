// The formats that the matched columns want, and the matches that no format decides.
import { present } from '../../packages/client/contract/scalars.ts'
import type { ValueFormats } from '../../packages/client/contract/syncSpec.ts'
import type { FieldDescribe, ObjectDescribe } from '../salesforce/describe.ts'
import { compileConverter } from '../values/fieldValue.ts'
import { type ColumnFacts, isMostly } from './columnFacts.ts'
import { type ColumnDates, datesOf, decideDates } from './dateFormats.ts'
import type { ColumnMatch } from './matchColumns.ts'
import { decideNumbers, marksOf } from './numberFormats.ts'
import { checkboxWordsOf } from './valueWords.ts'

export type SuggestedFormats = {
  /** The matches; one that no format decides is proposed instead. */
  readonly matches: readonly ColumnMatch[]
  /** Only keys that differ from the defaults. */
  readonly formats: Partial<Pick<ValueFormats, 'timeZone' | 'decimalSeparator' | 'groupSeparator' | 'checkbox'>> & {
    readonly dates?: readonly string[]
  }
  /** Why, by the key of `formats`. */
  readonly reasons: Readonly<Record<string, string>>
  /** Columns whose dates have two readings, with the patterns. */
  readonly undecided: readonly ColumnDates[]
  /** A column of times without an offset. */
  readonly zoneless: string | undefined
}

const DATES: readonly FieldDescribe['type'][] = ['date', 'datetime']
const NUMBERS: readonly FieldDescribe['type'][] = ['double', 'currency', 'percent', 'int', 'long']

export type FormatChoice = {
  /** Patterns of dates. */
  readonly dates?: readonly string[] | undefined
  /** IANA name of the zone of times without an offset. */
  readonly timeZone?: string | undefined
}

/** @param choice what a person has decided */
export function suggestFormats(
  matches: readonly ColumnMatch[],
  object: ObjectDescribe,
  { dates = [], timeZone }: FormatChoice = {},
): SuggestedFormats {
  const typeOf = ({ match }: ColumnMatch) => object.fields.find(({ name }) => name === match?.key)?.type
  const of = (types: readonly FieldDescribe['type'][]) =>
    matches.filter(one => types.includes(typeOf(one) ?? 'anyType'))
  const decided = loadedDates(of(DATES), matches, dates)
  const marks = marksOf(
    of(NUMBERS).flatMap(({ facts }) => facts.filled),
    decideNumbers(numbersOf(matches)),
  )
  const zoneless = of(['datetime']).find(({ facts }) => facts.filled.some(value => !HAS_ZONE.test(value)))?.facts.name
  const words = checkboxWordsOf(of(['boolean']).flatMap(({ facts }) => [...facts.distinct])) ?? { true: [], false: [] }
  const formats = present({
    dates: decided.patterns.length > 0 ? decided.patterns : undefined,
    timeZone: zoneless === undefined ? undefined : (timeZone ?? 'UTC'),
    ...marks,
    checkbox:
      words.true.length + words.false.length > 0 ? { true: [...words.true], false: [...words.false] } : undefined,
  })
  const complete: ValueFormats = { timeZone: 'UTC', ...formats, dates: [...(formats.dates ?? [])] }
  const left = decided.undecided.map(({ column }) => column)
  return {
    matches: matches.map(one => {
      if (left.includes(one.facts.name)) return withoutMatch(one, 'its dates have two readings: day or month first')
      const field = object.fields.find(({ name }) => name === one.match?.key)
      return field === undefined || reads(one.facts, field, complete)
        ? one
        : withoutMatch(one, 'its values are written otherwise than those of other columns')
    }),
    formats,
    reasons: present({
      dates: decided.reason,
      timeZone: timeZone === undefined ? `? the zone of ${zoneless}, whose times have no offset` : 'as chosen',
      decimalSeparator: `as in ${of(NUMBERS)
        .map(({ facts }) => facts.name)
        .join(', ')}`,
      checkbox: formats.checkbox && 'words for a checkbox in the source',
    }),
    undecided: decided.undecided,
    zoneless,
  }
}

/** The end of a time that names its offset from UTC. */
const HAS_ZONE = /\d ?(Z|[+-]\d\d(:?\d\d)?)$/i

type LoadedDates = {
  readonly patterns: readonly string[]
  readonly undecided: readonly ColumnDates[]
  readonly reason?: string
}

/** Dates of all columns show the order of day and month; the patterns are those of the columns that are loaded. */
function loadedDates(
  loaded: readonly ColumnMatch[],
  all: readonly ColumnMatch[],
  chosen: readonly string[],
): LoadedDates {
  const found = all.flatMap(({ facts }) => (facts.filled.length === 0 ? [] : (datesOf(facts) ?? [])))
  const dates = decideDates(found, chosen)
  const own = dates.filter(({ column }) => loaded.some(({ facts }) => facts.name === column))
  const decided = own.filter(({ patterns }) => patterns.length === 1)
  const names = decided.map(({ column }) => column).join(', ')
  return {
    patterns: [...new Set([...chosen, ...decided.flatMap(({ patterns }) => patterns)])],
    undecided: own.filter(({ patterns }) => patterns.length > 1),
    ...(decided.length > 0 ? { reason: `as in ${names}${chosen.length > 0 ? ', as chosen' : ''}` } : {}),
  }
}

const numbersOf = (matches: readonly ColumnMatch[]): readonly string[] =>
  matches.flatMap(({ facts }) => (facts.kind === 'number' ? facts.filled : []))

/** Whether most values of a date, a number or a checkbox are read with the formats of the whole sync. */
function reads(facts: ColumnFacts, field: FieldDescribe, formats: ValueFormats): boolean {
  if (![...DATES, ...NUMBERS, 'boolean'].includes(field.type) || facts.filled.length === 0) return true
  const convert = compileConverter(field, formats, facts.name)
  return isMostly([...facts.distinct], value => typeof convert(value) === 'string')
}

function withoutMatch(one: ColumnMatch, note: string): ColumnMatch {
  if (one.match === undefined) return one
  const { match, ...rest } = one
  return { ...rest, proposals: [{ ...match, note }] }
}
