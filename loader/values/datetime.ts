import type { ValueFormats } from '../../packages/client/contract/syncSpec.ts'
import { FIRST_YEAR, LAST_YEAR } from './date.ts'
import { compileDatePattern, type WallClock } from './datePattern.ts'
import { parseIso } from './isoText.ts'
import { trimValue } from './text.ts'
import { compileWallClock } from './timeZone.ts'
import { compileUtcText } from './utcText.ts'
import { type FieldConverter, notInForm, type ValueContext } from './valueProblem.ts'

const MINUTE = 60_000

/**
 * `yyyy-MM-ddTHH:mm:ss.000Z`, from ISO 8601 or the patterns of the spec. A time without an offset is in the spec's time
 * zone; a date without a time of day means midnight there. Fractions of a second are truncated, as Salesforce does.
 */
export function datetimeConverter(context: ValueContext, formats: ValueFormats): FieldConverter {
  const patterns = formats.dates.map(compileDatePattern)
  const toInstant = compileWallClock(formats.timeZone)
  const write = compileUtcText()
  const expected = ['yyyy-MM-ddTHH:mm:ss with or without an offset', ...formats.dates].join(' or ')
  const kept = (text: string, clock: WallClock, instant: number) =>
    isKept(clock)
      ? write(instant)
      : notInForm(context, text, 'a time that Salesforce accepts', `a year from ${FIRST_YEAR} to ${LAST_YEAR}`)
  return raw => {
    const text = trimValue(raw)
    const iso = parseIso(text)
    if (iso?.offset !== undefined) return kept(text, iso.clock, utc(iso.clock) - iso.offset * MINUTE)
    const clock = iso?.clock ?? firstOf(patterns, text)
    if (!clock) return notInForm(context, text, 'a date and time', expected)
    const instant = toInstant(clock)
    if (instant !== undefined) return kept(text, clock, instant)
    return notInForm(
      context,
      text,
      `a valid local time in ${formats.timeZone} (skipped by daylight saving)`,
      'a time that exists',
    )
  }
}

/** `yyyy-MM-ddTHH:mm:ss` in UTC; answers come with `Z`, `+0000`, `+00:00`, with or without fractions. */
export function datetimeKey(text: string): string {
  if (text.length === 24 && text.endsWith('.000Z')) return text.slice(0, 19)
  const trimmed = trimValue(text)
  const iso = parseIso(trimmed)
  if (!iso) return trimmed
  return new Date(utc(iso.clock) - (iso.offset ?? 0) * MINUTE).toISOString().slice(0, 19)
}

function isKept({ year }: WallClock): boolean {
  return year >= FIRST_YEAR && year <= LAST_YEAR
}

function utc({ year, month, day, hour, minute, second }: WallClock): number {
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

function firstOf(patterns: readonly ((text: string) => WallClock | undefined)[], text: string): WallClock | undefined {
  for (const pattern of patterns) {
    const clock = pattern(text)
    if (clock) return clock
  }
  return undefined
}
