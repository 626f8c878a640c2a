// Cron as both Temporal and croner read it: five fields; a day must match both day of month and day of week.
import { Cron } from 'croner'

const SHORTHANDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '@yearly': '0 0 1 1 *',
    '@annually': '0 0 1 1 *',
    '@monthly': '0 0 1 * *',
    '@weekly': '0 0 * * 0',
    '@daily': '0 0 * * *',
    '@hourly': '0 * * * *',
  }),
)

const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ')
const DAYS = 'SUN MON TUE WED THU FRI SAT'.split(' ')

/** Names that are valid in each field. */
const NAMES: readonly (readonly string[])[] = [[], [], [], MONTHS, DAYS]

/** Temporal schedules nothing later. */
const LAST = Date.UTC(2100, 0, 1)

const EXAMPLE =
  'write five fields: minute, hour, day of month, month, day of week, like "0 2 * * *" or "30 1 * * MON-FRI"'

export type ParsedCron = { readonly cron: string } | { readonly problem: string }

/** The five fields with single spaces, with shorthands such as `@daily` expanded; or the problem. */
export function parseCron(text: string): ParsedCron {
  const given = JSON.stringify(text)
  const written = SHORTHANDS.get(text.trim().toLowerCase()) ?? text.trim()
  if (/^(CRON_)?TZ=/i.test(written)) return { problem: `${given} contains a time zone; set timeZone instead` }
  if (written.startsWith('@')) {
    return { problem: `${given} is not supported; ${EXAMPLE}, or one of ${[...SHORTHANDS.keys()].join(', ')}` }
  }
  const fields = written.split(/\s+/)
  if (written === '') return { problem: `is empty; ${EXAMPLE}` }
  if (fields.length !== 5) {
    return { problem: `${given} has ${fields.length} field${fields.length === 1 ? '' : 's'}; ${EXAMPLE}` }
  }
  const problem = cronProblem(fields)
  return problem === undefined ? { cron: fields.join(' ') } : { problem: `${given}: ${problem}; ${EXAMPLE}` }
}

/** What is wrong with the five fields; undefined when they are valid. */
export function cronProblem(fields: readonly string[]): string | undefined {
  return fieldsProblem(fields) ?? cronerProblem(fields.join(' '))
}

const FIELDS = ['minute', 'hour', 'day of month', 'month', 'day of week']

/** Rejects what croner accepts and Temporal does not. */
function fieldsProblem(fields: readonly string[]): string | undefined {
  for (const [index, field] of fields.entries()) {
    const character = /[^\w*,/-]/.exec(field)?.[0]
    if (character !== undefined) return `the character ${character} is not supported`
    const word = field.match(/[a-z]+/gi)?.find(name => !NAMES[index]?.includes(name.toUpperCase()))
    if (word !== undefined) return `${word} is not a valid ${FIELDS[index]}`
    if (index === 4 && /-sun/i.test(field)) return 'write a range that ends on Sunday as 6-7'
  }
  return undefined
}

function cronerProblem(cron: string): string | undefined {
  try {
    return compiled(cron).nextRun(new Date(0)) === null ? 'this day never occurs' : undefined
  } catch (error) {
    return (error instanceof Error ? error.message : String(error))
      .replace(/^CronPattern: /, '')
      .replace(/\.$/, '')
      .replace(/^Invalid value for (.*): (.*)/, '$2 is not a valid $1')
  }
}

/** Evaluated in UTC: the results are wall clock times of any time zone. */
const compiled = (cron: string): Cron => new Cron(cron, { mode: '5-part', domAndDow: true, timezone: 'UTC' })

/**
 * Wall clock times of all expressions, ascending and without duplicates, in milliseconds as if the clock showed UTC.
 * @param after wall clock milliseconds; the first time is later
 */
export function* wallTimes(crons: readonly string[], after: number): Generator<number, void> {
  const patterns = crons.map(compiled)
  const next = (pattern: Cron, than: number) => pattern.nextRun(new Date(than))?.getTime() ?? Number.POSITIVE_INFINITY
  const heads = patterns.map(pattern => next(pattern, after))
  for (;;) {
    const first = Math.min(...heads)
    if (first >= LAST) return
    yield first
    for (const [index, pattern] of patterns.entries()) {
      if (heads[index] === first) heads[index] = next(pattern, first)
    }
  }
}
