import { zoneClock } from './timeZone.ts'

const DAY = 86_400_000

/** Epoch milliseconds of the first and the last millisecond of a day. */
export type DayRange = { readonly first: number; readonly last: number }

/**
 * All of a day on the clocks of a zone, which may skip its first hour or its last, or repeat one. undefined for a day that the
 * clocks skip, as Samoa did in 2011.
 * @param midnight wall clock milliseconds, as if the clock showed UTC
 */
export function dayRange(midnight: number, timeZone: string): DayRange | undefined {
  const clock = zoneClock(timeZone)
  const offsetAt = (instant: number) => clock.wallAt(instant) - instant
  const begin = midnight - DAY
  const end = midnight + 2 * DAY
  const change = firstChange(offsetAt, begin, end)
  const parts = [
    partOf(midnight - offsetAt(begin), begin, change),
    partOf(midnight - offsetAt(end), change, end),
  ].filter(({ first, last }) => first <= last)
  const [first] = parts
  const last = parts.at(-1)
  return first === undefined || last === undefined ? undefined : { first: first.first, last: last.last }
}

/** The part of a day that begins at `start` which lies from `from` to `to`, its end excluded. */
function partOf(start: number, from: number, to: number): DayRange {
  return { first: Math.max(start, from), last: Math.min(start + DAY, to) - 1 }
}

/** The instant from which the offset differs from that at `begin`; `end` when it does not. */
function firstChange(offsetAt: (instant: number) => number, begin: number, end: number): number {
  const before = offsetAt(begin)
  if (offsetAt(end) === before) return end
  let [same, changed] = [begin, end]
  while (changed - same > 1) {
    const middle = Math.floor((same + changed) / 2)
    if (offsetAt(middle) === before) same = middle
    else changed = middle
  }
  return changed
}
