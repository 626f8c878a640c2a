// The scheduled time of a run, as people and programs write it.
import { zoneClock } from '../values/timeZone.ts'

// The workflow reads the same times with Date.parse, which accepts no offset after a date alone.
const WRITTEN = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:\d\d)?)?$/

export type ReadTime = { readonly time: number } | { readonly problem: string }

/**
 * Epoch milliseconds of `2026-11-25T02:00`, a clock time in the time zone, or of `2026-11-25T01:00:00Z`. A date alone means its
 * first moment; a repeated clock time means the first of the two.
 * @param timeZone undefined when the time must carry its own offset
 */
export function readScheduledTime(text: string, timeZone: string | undefined): ReadTime {
  const [, day, clock, offset] = WRITTEN.exec(text) ?? []
  const wall = Date.parse(`${day}T${clock ?? '00:00'}Z`)
  if (day === undefined || Number.isNaN(wall) || !new Date(wall).toISOString().startsWith(day)) {
    return { problem: `${JSON.stringify(text)} is not a valid time; write it like ${example(timeZone)}` }
  }
  if (offset !== undefined) {
    const time = Date.parse(`${day}T${clock ?? '00:00'}${offset}`)
    return Number.isNaN(time)
      ? { problem: `${JSON.stringify(text)} has an offset that is not valid; write it like ${example(timeZone)}` }
      : { time }
  }
  if (timeZone === undefined) {
    return { problem: `${JSON.stringify(text)} has no offset; write it like ${example(timeZone)}` }
  }
  const [time] = zoneClock(timeZone).instantsAt(wall)
  return time === undefined
    ? { problem: `${JSON.stringify(text)} does not exist in ${timeZone}: the clocks skip it; give another time` }
    : { time }
}

function example(timeZone: string | undefined): string {
  return timeZone === undefined ? '2026-11-25T01:00:00Z' : '2026-11-25T02:00, or 2026-11-25T01:00:00Z'
}
