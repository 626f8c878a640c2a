// The times at which a schedule is due. Temporal compares clock times literally: a time that daylight saving skips is not due, and a
// time that it repeats is due twice (https://docs.temporal.io/schedule). Server 1.29 starts two runs west of Greenwich, one east of it.
import { zoneClock } from '../values/timeZone.ts'
import { wallTimes } from './cron.ts'
import type { Schedule } from './scheduleSchema.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Largest change of a clock, in milliseconds. */
const LARGEST_CHANGE = 3 * HOUR

type Times = Pick<Schedule, 'crons' | 'timeZone'>

/** Epoch milliseconds of the next times, ascending. @param after epoch milliseconds; the first time is later */
export function nextTimes(schedule: Times, after: number, most: number): readonly number[] {
  const clock = zoneClock(schedule.timeZone)
  const found: number[] = []
  for (const wall of wallTimes(schedule.crons, clock.wallAt(after) - LARGEST_CHANGE)) {
    // A repeated time may be before a time that was found earlier.
    const last = found.toSorted(ascending)[most - 1]
    if (last !== undefined && wall > clock.wallAt(last) + LARGEST_CHANGE) break
    found.push(...clock.instantsAt(wall).filter(instant => instant > after))
  }
  return found.toSorted(ascending).slice(0, most)
}

/** Epoch milliseconds of the times from `from` to `to`, both included; at most `most`. */
export function timesBetween(schedule: Times, from: number, to: number, most: number): readonly number[] {
  return nextTimes(schedule, from - 1, most).filter(time => time <= to)
}

export type ClockChange = {
  readonly kind: 'skipped' | 'doubled'
  /** Wall clock times that are skipped or repeated, as `2027-03-28T02:30`; of many, the first and the last. */
  readonly times: readonly string[]
  readonly count: number
}

/** Epoch milliseconds as if the clock showed UTC; both included. */
export type WallRange = { readonly from: number; readonly to: number }

/** The year that begins at an instant. */
export function yearFrom(instant: number, timeZone: string): WallRange {
  const from = zoneClock(timeZone).wallAt(instant)
  return { from, to: from + 365 * DAY }
}

/** Effects of changes of the clocks on the times of a schedule, by day. */
export function clockChanges({ crons, timeZone }: Times, { from, to }: WallRange): readonly ClockChange[] {
  const clock = zoneClock(timeZone)
  const offsetAt = (instant: number) => clock.wallAt(instant) - instant
  const changes: ClockChange[] = []
  for (let day = Math.floor(from / DAY) * DAY; day <= to; day += DAY) {
    if (offsetAt(day - DAY) === offsetAt(day + 2 * DAY)) continue
    const end = Math.min(day + DAY - 1, to)
    const walls: number[] = []
    for (const wall of wallTimes(crons, Math.max(day, from) - 1)) {
      if (wall > end) break
      if (clock.instantsAt(wall).length !== 1) walls.push(wall)
    }
    const [first] = walls
    if (first === undefined) continue
    const times = walls.length > 2 ? [first, walls.at(-1)] : walls
    changes.push({
      kind: clock.instantsAt(first).length === 0 ? 'skipped' : 'doubled',
      times: times.map(wall => new Date(wall ?? 0).toISOString().slice(0, 16)),
      count: walls.length,
    })
  }
  return changes
}

/** `2026-11-26 02:30` in the time zone. @param time epoch milliseconds */
export function wallText(time: number, timeZone: string): string {
  return new Date(zoneClock(timeZone).wallAt(time)).toISOString().slice(0, 16).replace('T', ' ')
}

const ascending = (a: number, b: number): number => a - b
