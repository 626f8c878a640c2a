/** A date and time of day as written, before any time zone. Month 1 to 12. */
export type WallClock = {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

const FIELDS = { yyyy: 'year', MM: 'month', dd: 'day', HH: 'hour', mm: 'minute', ss: 'second' } as const
type Token = keyof typeof FIELDS
const TOKENS = /yyyy|MM|dd|HH|mm|ss/g
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

type Step = { readonly literal: string } | { readonly field: keyof WallClock; readonly digits: number }

/** What is wrong with a pattern; undefined when it is valid. */
export function patternProblem(pattern: string): string | undefined {
  const tokens: readonly string[] = pattern.match(TOKENS) ?? []
  const missing = (['yyyy', 'MM', 'dd'] as const).filter(token => !tokens.includes(token))
  if (missing.length > 0) return `date pattern "${pattern}" lacks ${missing.join(', ')}`
  if (new Set(tokens).size < tokens.length) return `date pattern "${pattern}" has a part twice`
  if (/[A-Za-z]/.test(pattern.replace(TOKENS, '').replace('T', ''))) {
    return `date pattern "${pattern}" has other letters; allowed: yyyy MM dd HH mm ss and separators`
  }
  return undefined
}

/**
 * Compiles a reader of texts in the pattern; it returns undefined when the text does not match, or the date or time does not exist.
 * MM, dd and HH also accept one digit when a literal or the end follows.
 */
export function compileDatePattern(pattern: string): (text: string) => WallClock | undefined {
  const steps = patternSteps(pattern)
  return text => {
    const clock = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0 }
    let at = 0
    for (const [index, step] of steps.entries()) {
      if ('literal' in step) {
        if (!text.startsWith(step.literal, at)) return undefined
        at += step.literal.length
        continue
      }
      const next = steps[index + 1]
      const shortest = step.digits === 2 && (!next || 'literal' in next) ? 1 : step.digits
      const end = digitsEnd(text, at, step.digits)
      if (end - at < shortest) return undefined
      clock[step.field] = Number(text.slice(at, end))
      at = end
    }
    return at === text.length && isRealTime(clock) ? clock : undefined
  }
}

/** Whether the date and time of day exist. */
export function isRealTime({ year, month, day, hour, minute, second }: WallClock): boolean {
  // Written so that NaN, which stands for text that is not a number, is rejected too.
  if (!(month >= 1 && month <= 12 && day >= 1 && hour <= 23 && minute <= 59 && second <= 59 && year >= 0)) return false
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return day <= (DAYS[month - 1] ?? 0) + (leap ? 1 : 0)
}

function patternSteps(pattern: string): Step[] {
  const steps: Step[] = []
  let at = 0
  for (const match of pattern.matchAll(TOKENS)) {
    if (match.index > at) steps.push({ literal: pattern.slice(at, match.index) })
    steps.push({ field: FIELDS[match[0] as Token], digits: match[0].length })
    at = match.index + match[0].length
  }
  if (at < pattern.length) steps.push({ literal: pattern.slice(at) })
  return steps
}

function digitsEnd(text: string, start: number, most: number): number {
  let end = start
  while (end < start + most && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end++
  return end
}
