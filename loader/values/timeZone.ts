import { isTimeZone } from '../../packages/client/contract/scalars.ts'
import type { WallClock } from './wallClock.ts'

const DAY = 86_400_000

/** Why a schedule can't use this zone; undefined when it can. Temporal accepts zones by their exact spelling only. */
export function scheduleZoneProblem(name: string): string | undefined {
  const unknown = `unknown time zone ${JSON.stringify(name)}; write it like Europe/Berlin`
  if (!/^[A-Za-z]/.test(name) || !isTimeZone(name)) return unknown
  const { timeZone } = new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions()
  const isMisspelt = timeZone !== name && timeZone.toLowerCase() === name.toLowerCase()
  return isMisspelt ? `unknown time zone ${JSON.stringify(name)}; write it ${timeZone}` : undefined
}

/**
 * Converts wall clock time in a zone to milliseconds since 1970 UTC. Returns undefined for a time that daylight saving
 * skips, and the first of two instants for a time that it repeats.
 */
export function compileWallClock(timeZone: string): (clock: WallClock) => number | undefined {
  if (timeZone === 'UTC') return wallMillis
  const offsetAt = offsetReader(timeZone)
  // Intl takes microseconds; nearly every day has one offset from the day before to the day after.
  const steady = new Map<number, number | null>()
  return clock => {
    const wall = wallMillis(clock)
    const day = Math.floor(wall / DAY)
    let offset = steady.get(day)
    if (offset === undefined) {
      const before = offsetAt((day - 1) * DAY)
      offset = before === offsetAt((day + 2) * DAY) ? before : null
      steady.set(day, offset)
    }
    return offset === null ? instantsOf(wall, offsetAt)[0] : wall - offset
  }
}

/** Ascending: none when daylight saving skips the time, two when it repeats the time. */
function instantsOf(wall: number, offsetAt: (instant: number) => number): readonly number[] {
  const candidates = [offsetAt(wall - DAY), offsetAt(wall + DAY)].map(offset => wall - offset)
  return [...new Set(candidates)].filter(instant => instant + offsetAt(instant) === wall).toSorted((a, b) => a - b)
}

/** A zone's clocks. Wall clock times are milliseconds as if the clock showed UTC. */
export type ZoneClock = {
  /** @param instant epoch milliseconds */
  wallAt(instant: number): number
  /** Epoch milliseconds, ascending: none when daylight saving skips the time, two when it repeats the time. */
  instantsAt(wall: number): readonly number[]
}

/** Throws RangeError for a zone that `isTimeZone` does not know. */
export function zoneClock(timeZone: string): ZoneClock {
  const offsetAt = offsetReader(timeZone)
  return { wallAt: instant => instant + offsetAt(instant), instantsAt: wall => instantsOf(wall, offsetAt) }
}

const wallMillis = ({ year, month, day, hour, minute, second }: WallClock): number =>
  Date.UTC(year, month - 1, day, hour, minute, second)

function offsetReader(timeZone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return instant => {
    const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000
  }
}
