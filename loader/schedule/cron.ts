// Cron as both Temporal and croner read it: five fields, day of month and day of week both have to fit.
import { Cron } from 'croner'

const SHORTHANDS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@hourly': '0 * * * *',
}

const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ')
const DAYS = 'SUN MON TUE WED THU FRI SAT'.split(' ')

/** Words by field. */
const WORDS: readonly (readonly string[])[] = [[], [], [], MONTHS, DAYS]

/** Temporal plans no further. */
const LAST = Date.UTC(2100, 0, 1)

const EXAMPLE =
  'write five fields: minute, hour, day of month, month, day of week, like "0 2 * * *" or "30 1 * * MON-FRI"'

export type ParsedCron = { readonly cron: string } | { readonly fault: string }

/** The five fields with single spaces, shorthands such as `@daily` written out; or what is wrong with them. */
export function parseCron(text: string): ParsedCron {
  const given = JSON.stringify(text)
  const written = SHORTHANDS[text.trim().toLowerCase()] ?? text.trim()
  if (/^(CRON_)?TZ=/i.test(written)) return { fault: `${given} names a time zone; write it beside cron, as timeZone` }
  if (written.startsWith('@')) {
    return { fault: `${given} is not known; ${EXAMPLE}, or one of ${Object.keys(SHORTHANDS).join(', ')}` }
  }
  const fields = written.split(/\s+/)
  if (fields.length !== 5) return { fault: `${given} has ${fields.length} fields; ${EXAMPLE}` }
  const fault = fieldsFault(fields) ?? cronerFault(fields.join(' '))
  return fault === undefined ? { cron: fields.join(' ') } : { fault: `${given}: ${fault}; ${EXAMPLE}` }
}

/** What croner takes and Temporal does not. */
function fieldsFault(fields: readonly string[]): string | undefined {
  for (const [index, field] of fields.entries()) {
    const sign = /[^\w*,/-]/.exec(field)?.[0]
    if (sign !== undefined) return `the sign ${sign} is not known here`
    const word = field.match(/[a-z]+/gi)?.find(name => !WORDS[index]?.includes(name.toUpperCase()))
    if (word !== undefined) return `${word} is no name that may stand in field ${index + 1}`
    if (index === 4 && /-sun/i.test(field)) return 'a range that ends on Sunday is written 6-7'
  }
  return undefined
}

function cronerFault(cron: string): string | undefined {
  try {
    return compiled(cron).nextRun(new Date(0)) === null ? 'no such day ever comes' : undefined
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).replace(/^CronPattern: /, '').replace(/\.$/, '')
  }
}

/** Written in UTC: what comes out is wall clock time, whatever the zone. */
function compiled(cron: string): Cron {
  return new Cron(cron, { mode: '5-part', domAndDow: true, timezone: 'UTC' })
}

/**
 * Wall clock times of all expressions together, in order, each once, as milliseconds as if the clock showed UTC.
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
