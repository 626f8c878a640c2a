import { patternSteps, type Reading, type Step } from './patternSteps.ts'
import { hourOf24, isRealTime, type WrittenTime } from './wallClock.ts'

// Blanks that programs write before AM and PM, or between date and time.
const BLANKS = /[\u00a0\u2009\u202f]/g

const ALLOWED = 'yyyy MM dd HH mm ss, also M d H h hh m s, MMM (names of months), EEE, a (AM or PM), SSS, XXX (offset)'

/** Days and years are often written as DD and YYYY. */
function inSmallLetters(pattern: string): string {
  const small = pattern.replaceAll('D', 'd').replaceAll('Y', 'y')
  return small !== pattern && patternProblem(small) === undefined ? `; did you mean "${small}"?` : ''
}

/** What is wrong with a pattern; undefined when it is valid. */
export function patternProblem(pattern: string): string | undefined {
  const says = (problem: string) => `date pattern "${pattern}" ${problem}`
  const steps = patternSteps(pattern)
  const unknown = steps.find(({ kind }) => kind === 'unknown')
  if (unknown?.text === 'yy') return says('has years of two digits, which may mean 1926 or 2026; write years as yyyy')
  if (unknown) {
    return says(
      `has other letters: ${unknown.text}; allowed: ${ALLOWED}; write words in quotes, such as 'at'${inSmallLetters(pattern)}`,
    )
  }
  const sets = steps.flatMap(({ sets }) => sets ?? [])
  const missing = [
    ['year', 'yyyy'],
    ['month', 'MM'],
    ['day', 'dd'],
  ].filter(([unit]) => !sets.includes(unit as string))
  if (missing.length > 0) return says(`lacks ${missing.map(([, letters]) => letters).join(', ')}`)
  if (new Set(sets).size < sets.length) return says('has a part twice')
  const letters = steps.map(({ text }) => text)
  const has = (...some: readonly string[]) => some.some(one => letters.includes(one))
  if (has('h', 'hh') && !has('a'))
    return says('has hh, hours of a half day, without a for AM or PM; write HH for 24 hours')
  if (has('a') && !has('h', 'hh')) return says('has a, for AM or PM, without hh; write hh for the hour')
  const tight = steps.find((step, index) => /^[MdHhms]$/.test(step.text) && isDigits(steps[index + 1]))
  return tight
    ? says(`has ${tight.text} before another number; write ${tight.text}${tight.text}, or a separator after it`)
    : undefined
}

/** Two patterns that read one text as two days, because they differ in the order of day and month only; undefined when none do. */
export function contraryPatterns(patterns: readonly string[]): readonly [string, string] | undefined {
  const seen = new Map<string, { readonly pattern: string; readonly dayFirst: boolean }>()
  for (const pattern of patterns) {
    const steps = patternSteps(pattern)
    const units = steps.map(({ sets }) => sets)
    const dayFirst = units.indexOf('day') < units.indexOf('month')
    const shape = JSON.stringify(steps.map(step => shapeOf(step)))
    const other = seen.get(shape)
    if (other !== undefined && other.dayFirst !== dayFirst) return [other.pattern, pattern]
    seen.set(shape, { pattern, dayFirst })
  }
  return undefined
}

function shapeOf({ kind, sets, text }: Step): string {
  if (kind !== 'digits') return text
  return sets === 'day' || sets === 'month' ? 'day or month' : String(sets)
}

/**
 * Compiles a reader of texts in the pattern; it returns undefined when the text does not match, or the date or time does not exist.
 * MM, dd, HH and others also accept one digit when a literal or the end follows.
 */
export function compileDatePattern(pattern: string): (text: string) => WrittenTime | undefined {
  const steps = patternSteps(pattern)
  const isDay = !steps.some(({ sets }) => sets === 'hour')
  return raw => {
    const text = raw.replace(BLANKS, ' ')
    const read: Reading = { clock: { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0 } }
    let at = 0
    for (const step of steps) {
      at = step.read(text, at, read)
      if (at === -1) return undefined
    }
    const { clock, offset } = read
    if (at !== text.length || !setHourOf24(read) || !isRealTime(clock) || !isOnWeekday(read)) return undefined
    return { clock, isDay, ...(offset === undefined ? {} : { offset }) }
  }
}

/** Turns the hour of a half day into one of 24; false when a half day has no such hour. */
function setHourOf24({ clock, isAfternoon }: Reading): boolean {
  if (isAfternoon === undefined) return true
  const hour = hourOf24(clock.hour, isAfternoon)
  clock.hour = hour ?? clock.hour
  return hour !== undefined
}

const isOnWeekday = ({ clock, weekday }: Reading): boolean =>
  weekday === undefined || new Date(Date.UTC(clock.year, clock.month - 1, clock.day)).getUTCDay() === weekday

const isDigits = (step: Step | undefined): boolean => step?.kind === 'digits'
