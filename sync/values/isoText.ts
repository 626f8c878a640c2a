import { isRealTime, type WallClock } from './datePattern.ts'

/** ISO 8601 text read: the wall clock as written, and its offset from UTC in minutes when it carries one. */
export type IsoTime = { readonly clock: WallClock; readonly offset?: number; readonly hasTime: boolean }

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?\s?(Z|z|[+-]\d\d(?::?\d\d)?)?)?$/

/** Reads `2024-01-31`, `2024-01-31T10:00`, `2024-01-31 10:00:00.000+0100`, …Z; fractions of a second are cut. */
export function parseIso(text: string): IsoTime | undefined {
  const match = ISO.exec(text)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second, zone] = match
  const clock: WallClock = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour ?? 0),
    minute: Number(minute ?? 0),
    second: Number(second ?? 0),
  }
  if (!isRealTime(clock)) return undefined
  const hasTime = hour !== undefined
  return zone === undefined ? { clock, hasTime } : { clock, hasTime, offset: offsetMinutes(zone) }
}

/** Two digits. */
export function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}

function offsetMinutes(zone: string): number {
  if (zone === 'Z' || zone === 'z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', '') || 0)
  return zone.startsWith('-') ? -minutes : minutes
}
