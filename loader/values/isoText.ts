import { isRealTime, type WallClock, type WrittenTime } from './wallClock.ts'

const ZONE = /^ ?(?:Z|z|([+-])(\d\d)(?::?(\d\d))?)$/

// Read by character rather than by one expression: this runs for every date of millions of records.
const DASH = 45
const COLON = 58

/** Reads `2024-01-31`, `2024-01-31T10:00`, `2024-01-31 10:00:00.000+0100`, …Z; fractions of a second are truncated. */
export function parseIso(text: string): WrittenTime | undefined {
  const { length } = text
  if (length < 10 || text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH) return undefined
  const year = twoAt(text, 0) * 100 + twoAt(text, 2)
  const month = twoAt(text, 5)
  const day = twoAt(text, 8)
  if (length === 10) return real({ year, month, day, hour: 0, minute: 0, second: 0 }, true, undefined)
  const separator = text[10]
  if ((separator !== 'T' && separator !== ' ') || text.charCodeAt(13) !== COLON) return undefined
  const hasSeconds = text.charCodeAt(16) === COLON
  const clock = {
    year,
    month,
    day,
    hour: twoAt(text, 11),
    minute: twoAt(text, 14),
    second: hasSeconds ? twoAt(text, 17) : 0,
  }
  const end = hasSeconds ? fractionEnd(text, 19) : 16
  if (end === length) return real(clock, false, undefined)
  const offset = parseOffset(text.slice(end))
  return offset === undefined ? undefined : real(clock, false, offset)
}

export function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}

/** NaN when the text has no two digits there: such a time is not valid. */
function twoAt(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

function real(clock: WallClock, isDay: boolean, offset: number | undefined): WrittenTime | undefined {
  if (!isRealTime(clock)) return undefined
  return offset === undefined ? { clock, isDay } : { clock, isDay, offset }
}

/** The position after `.` or `,` and up to nine digits; `start` when there are none. */
function fractionEnd(text: string, start: number): number {
  const mark = text[start]
  if (mark !== '.' && mark !== ',') return start
  let end = start + 1
  while (end <= start + 9 && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end++
  return end === start + 1 ? start : end
}

/** Minutes east of UTC: `Z`, `+02`, `+0200`, `+02:00`. */
export function parseOffset(text: string): number | undefined {
  if (text === 'Z') return 0
  const match = ZONE.exec(text)
  if (!match) return undefined
  const [, sign, hours, minutes] = match
  const offset = Number(hours ?? 0) * 60 + Number(minutes ?? 0)
  return sign === '-' ? -offset : offset
}
