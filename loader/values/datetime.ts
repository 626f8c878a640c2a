import type { ValueFormats } from '../../packages/client/contract/syncSpec.ts'
import { areDigits, type ByteCheck, twoDigitsAt } from './byteCheck.ts'
import { compileExpected, FIRST_YEAR, isDateAt, LAST_YEAR } from './date.ts'
import { compileDatePattern } from './datePattern.ts'
import { dayRange } from './dayRange.ts'
import { parseIso, twoDigits } from './isoText.ts'
import { trimValue } from './text.ts'
import { compileWallClock } from './timeZone.ts'
import { type FieldConverter, notInForm, type ValueContext } from './valueProblem.ts'
import { hourOf24, type WallClock, type WrittenTime } from './wallClock.ts'

const MINUTE = 60_000

/**
 * `yyyy-MM-ddTHH:mm:ss.000Z`, from ISO 8601 or the patterns of the spec. A time without an offset is in the spec's time
 * zone; a date without a time of day means its first moment there. Fractions of a second are truncated, as Salesforce does.
 */
export function datetimeConverter(context: ValueContext, formats: ValueFormats): FieldConverter {
  const patterns = formats.dates.map(compileDatePattern)
  const toInstant = compileWallClock(formats.timeZone)
  const toFirstMoment = compileFirstMoment(formats.timeZone)
  const write = compileUtcText()
  const expected = compileExpected('yyyy-MM-ddTHH:mm:ss with or without an offset', formats)
  const kept = (text: string, clock: WallClock, instant: number) =>
    isKept(clock)
      ? write(instant)
      : notInForm(context, text, 'a time that Salesforce accepts', `a year from ${FIRST_YEAR} to ${LAST_YEAR}`)
  return raw => {
    const text = trimValue(raw)
    const written = parseIso(text) ?? firstOf(patterns, text)
    if (!written) return notInForm(context, text, 'a date and time', expected(text))
    const { clock, isDay, offset } = written
    if (offset !== undefined) return kept(text, clock, utc(clock) - offset * MINUTE)
    const instant = toInstant(clock) ?? (isDay ? toFirstMoment(clock) : undefined)
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

const T = 84
const COLON = 58
const END = Buffer.from('.000Z')

/** `yyyy-MM-ddTHH:mm:ss.000Z` */
export const datetimeCheck: ByteCheck = (bytes, start, end) => {
  if (end - start !== 24 || bytes[start + 10] !== T || bytes[start + 13] !== COLON || bytes[start + 16] !== COLON)
    return false
  for (let at = 0; at < END.length; at++) if (bytes[start + 19 + at] !== END[at]) return false
  for (const [at, most] of [
    [11, 23],
    [14, 59],
    [17, 59],
  ] as const) {
    if (!areDigits(bytes, start + at, start + at + 2) || twoDigitsAt(bytes, start + at) > most) return false
  }
  return isDateAt(bytes, start)
}

const isKept = ({ year }: WallClock): boolean => year >= FIRST_YEAR && year <= LAST_YEAR

const utc = ({ year, month, day, hour, minute, second }: WallClock): number =>
  Date.UTC(year, month - 1, day, hour, minute, second)

function firstOf(
  patterns: readonly ((text: string) => WrittenTime | undefined)[],
  text: string,
): WrittenTime | undefined {
  for (const pattern of patterns) {
    const written = pattern(text)
    if (written) return written
  }
  return undefined
}

/** The first moment of a day that has no midnight, because the clocks skip it; undefined when they skip the whole day. */
function compileFirstMoment(timeZone: string): (midnight: WallClock) => number | undefined {
  const found = new Map<number, number | undefined>()
  return midnight => {
    const wall = utc(midnight)
    if (!found.has(wall)) found.set(wall, dayRange(wall, timeZone)?.first)
    return found.get(wall)
  }
}

const TIME = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s?(?:Z|[+-]00:?00|([ap])\.?m\.?)?$/i

/** `HH:mm:ss.SSSZ`: a time of day without a time zone, which Salesforce writes as UTC. */
export function timeConverter(context: ValueContext): FieldConverter {
  return raw =>
    canonicalTime(raw) ?? notInForm(context, raw, 'a time of day', 'HH:mm or HH:mm:ss, or hh:mm with AM or PM')
}

export function timeKey(text: string): string {
  return canonicalTime(text) ?? trimValue(text)
}

function canonicalTime(text: string): string | undefined {
  const match = TIME.exec(trimValue(text))
  if (!match) return undefined
  const [, written = '', minute = '', second = '00', fraction = '', half] = match
  const hour = half === undefined ? Number(written) : hourOf24(Number(written), half.toLowerCase() === 'p')
  if (hour === undefined || hour > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  return `${twoDigits(hour)}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`
}

const DAY = 86_400_000
// Days whose text is cached; few sources have more.
const MOST_DAYS = 4_096

/** Writes instants as `yyyy-MM-ddTHH:mm:ss.000Z`. Caches the text of a day, because Date formats slowly. */
export function compileUtcText(): (instant: number) => string {
  const days = new Map<number, string>()
  return instant => {
    const day = Math.floor(instant / DAY)
    let date = days.get(day)
    if (date === undefined) {
      if (days.size === MOST_DAYS) days.clear()
      date = new Date(day * DAY).toISOString().slice(0, 11)
      days.set(day, date)
    }
    const seconds = Math.floor((instant - day * DAY) / 1000)
    const hour = twoDigits(Math.floor(seconds / 3600))
    const minute = twoDigits(Math.floor(seconds / 60) % 60)
    return `${date}${hour}:${minute}:${twoDigits(seconds % 60)}.000Z`
  }
}
