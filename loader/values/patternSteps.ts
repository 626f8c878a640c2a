import { parseOffset } from './isoText.ts'
import type { WallClock } from './wallClock.ts'

/** The parts of a pattern, in the letters of Java and ICU. */
const PARTS = /'[^']*'|[A-Za-z]+|[^A-Za-z']+|'/g

type Unit = keyof WallClock

/** Digits of a part: the unit that they set, and how many there may be. */
type Digits = { readonly unit: Unit; readonly most: number; readonly least: number }

const DIGITS: ReadonlyMap<string, Digits> = new Map<string, Digits>([
  ['yyyy', { unit: 'year', most: 4, least: 4 }],
  ...both('M', 'month'),
  ...both('d', 'day'),
  ...both('H', 'hour'),
  ...both('h', 'hour'),
  ...both('m', 'minute'),
  ...both('s', 'second'),
])

/** One digit or two; of two letters both digits, unless a literal or the end follows. */
function both(letter: string, unit: Unit): readonly (readonly [string, Digits])[] {
  const digits = { unit, most: 2, least: 1 }
  return [
    [letter, digits],
    [letter + letter, digits],
  ]
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ')
const WEEKDAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')

/** Names in English: whole, or of three letters with or without a point. `Sept` is common too. */
const NAMES: ReadonlyMap<string, ReadonlyMap<string, number>> = new Map([
  ['MMM', namesOf(MONTHS, 1)],
  ['MMMM', namesOf(MONTHS, 1)],
  ['EEE', namesOf(WEEKDAYS, 0)],
  ['EEEE', namesOf(WEEKDAYS, 0)],
])

function namesOf(names: readonly string[], first: number): ReadonlyMap<string, number> {
  return new Map(
    names.flatMap((name, index) => {
      const short = name.slice(0, 3).toLowerCase()
      const forms = [name.toLowerCase(), short, ...(name === 'September' ? ['sept'] : [])]
      return forms.map(form => [form, index + first] as const)
    }),
  )
}

const OFFSETS: readonly string[] = ['X', 'XX', 'XXX', 'Z', 'ZZ', 'ZZZ']
const FRACTION = /^S{1,9}$/
const WORD = /\p{L}+\.?/uy
const DAY_HALF = /([ap])\.?m\.?(?![\p{L}\d])/iuy
const OFFSET = /Z|[+-]\d\d(?::?\d\d)?/y
const SOME_BLANKS = / +/y

/** What the parts of a text have set so far. */
export type Reading = {
  readonly clock: { -readonly [Part in Unit]: number }
  offset?: number | undefined
  isAfternoon?: boolean
  weekday?: number
}

/** One part of a pattern. `read` returns the position after the part; -1 when the text does not match. */
export type Step = {
  readonly kind: 'literal' | 'digits' | 'other' | 'unknown'
  readonly text: string
  /** What may be set only once. */
  readonly sets?: string
  readonly read: (text: string, at: number, reading: Reading) => number
}

export function patternSteps(pattern: string): readonly Step[] {
  // Parts may follow one another without a separator: yyyyMMdd, HHmmss.
  const parts = [...pattern.matchAll(PARTS)].flatMap(([part]) => (/^[A-Za-z]/.test(part) ? runsOf(part) : [part]))
  return parts.map((part, index) => stepOf(part, parts[index + 1]))
}

const runsOf = (letters: string): readonly string[] => letters.match(/(.)\1*/g) ?? []

function stepOf(part: string, next: string | undefined): Step {
  const digits = DIGITS.get(part)
  if (digits) return digitStep(part, digits, next !== undefined && DIGITS.has(next))
  const names = NAMES.get(part)
  if (names) return nameStep(part, names)
  if (part === 'a') return { kind: 'other', text: part, sets: 'half', read: readDayHalf }
  if (OFFSETS.includes(part)) return { kind: 'other', text: part, sets: 'offset', read: readOffset }
  if (FRACTION.test(part)) return { kind: 'other', text: part, sets: 'fraction', read: readFraction }
  if (part === 'T' || !/^[A-Za-z']/.test(part)) return literalStep(part)
  if (part.length > 1 && part.startsWith("'")) return literalStep(part === "''" ? "'" : part.slice(1, -1))
  return { kind: 'unknown', text: part, read: () => -1 }
}

function digitStep(text: string, { unit, most, least }: Digits, isTight: boolean): Step {
  const shortest = isTight ? most : least
  return {
    kind: 'digits',
    text,
    sets: unit,
    read: (written, at, { clock }) => {
      const end = digitsEnd(written, at, most)
      if (end - at < shortest) return -1
      clock[unit] = Number(written.slice(at, end))
      return end
    },
  }
}

function nameStep(text: string, names: ReadonlyMap<string, number>): Step {
  const isMonth = text.startsWith('M')
  return {
    kind: 'other',
    text,
    sets: isMonth ? 'month' : 'weekday',
    read: (written, at, reading) => {
      const [word = ''] = matchAt(WORD, written, at) ?? []
      const value = names.get(word.replace('.', '').toLowerCase())
      if (value === undefined) return -1
      if (isMonth) reading.clock.month = value
      else reading.weekday = value
      return at + word.length
    },
  }
}

/** A literal; a blank stands for one or more blanks. */
function literalStep(text: string): Step {
  const pieces = text.split(/( +)/).filter(Boolean)
  return {
    kind: 'literal',
    text,
    read: (written, start) => {
      let at = start
      for (const piece of pieces) {
        if (piece.startsWith(' ')) {
          const blanks = matchAt(SOME_BLANKS, written, at)
          if (!blanks) return -1
          at += blanks[0].length
          continue
        }
        if (!written.startsWith(piece, at)) return -1
        at += piece.length
      }
      return at
    },
  }
}

function readDayHalf(text: string, at: number, reading: Reading): number {
  const match = matchAt(DAY_HALF, text, at)
  if (!match) return -1
  reading.isAfternoon = match[1]?.toLowerCase() === 'p'
  return at + match[0].length
}

function readOffset(text: string, at: number, reading: Reading): number {
  const match = matchAt(OFFSET, text, at)
  if (!match) return -1
  reading.offset = parseOffset(match[0])
  return at + match[0].length
}

/** Fractions of a second are read and dropped. */
function readFraction(text: string, at: number): number {
  const end = digitsEnd(text, at, 9)
  return end > at ? end : -1
}

function matchAt(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at
  return sticky.exec(text)
}

function digitsEnd(text: string, start: number, most: number): number {
  let end = start
  while (end < start + most && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end++
  return end
}
