// The times of a schedule as the Temporal server computes them, by its own rules of time zones.
import type { CalendarSpecDescription, Range, ScheduleDescription } from '@temporalio/client'
// @temporalio/common/lib/time.js is private; test/unit/schedule/temporalTime.test.ts fails when an upgrade changes it.
import { msToTs, requiredTsToMs } from '@temporalio/common/lib/time.js'
import { zoneClock } from '../../loader/values/timeZone.ts'
import type { TemporalAccess } from '../temporal.ts'
import { scheduleIdOf } from './ownedSchedules.ts'

const MINUTE = 60_000
const DAY = 86_400_000

/** Epoch milliseconds of the starts between two times, jitter included; at most 1,000. */
export async function matchingStarts(
  { client, namespace }: TemporalAccess,
  { sync, start, end }: { readonly sync: string; readonly start: number; readonly end: number },
): Promise<readonly number[]> {
  const { startTime } = await client.workflowService.listScheduleMatchingTimes({
    namespace,
    scheduleId: scheduleIdOf(sync),
    startTime: msToTs(start),
    endTime: msToTs(end),
  })
  return startTime.map(time => requiredTsToMs(time, 'startTime'))
}

/**
 * Explains that the server and Node.js know different rules of the schedule's time zone, by the first start of the next year that
 * shows it; undefined when no start does.
 */
export async function zoneProblem(
  temporal: TemporalAccess,
  sync: string,
  found: ScheduleDescription,
): Promise<string | undefined> {
  const now = Date.now()
  const starts = await matchingStarts(temporal, { sync, start: now, end: now + 365 * DAY })
  const odd = foreignStart(found, starts)
  if (odd === undefined) return undefined
  const timeZone = zoneOf(found)
  const utc = (time: number) => new Date(time).toISOString().slice(0, 16).replace('T', ' ')
  return (
    `the time zone rules of ${timeZone} differ: the Temporal server starts a run at ${utc(odd)} UTC, which is ${utc(zoneClock(timeZone).wallAt(odd))} ` +
    `by the rules of this Node.js (tzdata ${process.versions.tz}) and not a time of the schedule. Runs start by the server's rules, and {date} is filled by the workers'; ` +
    'update the older of them: tzdata of the server, or Node.js'
  )
}

/** The first start whose clock time, as Node.js knows the zone, is not one of the schedule's own. */
export function foreignStart(found: ScheduleDescription, starts: readonly number[]): number | undefined {
  const { calendars = [], jitter = 0 } = found.spec
  const clock = zoneClock(zoneOf(found))
  return starts.find(start => {
    const latest = Math.floor(clock.wallAt(start) / MINUTE) * MINUTE
    for (let wall = latest; wall >= latest - jitter; wall -= MINUTE) {
      if (calendars.some(calendar => isIn(calendar, new Date(wall)))) return false
    }
    return true
  })
}

export const zoneOf = ({ spec }: Pick<ScheduleDescription, 'spec'>): string => spec.timezone || 'UTC'

/** Rules differ by hours or parts of an hour, so days and months are not compared. @param wall as if the clock showed UTC */
function isIn({ minute, hour }: CalendarSpecDescription, wall: Date): boolean {
  return covers(minute, wall.getUTCMinutes()) && covers(hour, wall.getUTCHours())
}

const covers = (ranges: readonly Range<number>[], value: number): boolean =>
  ranges.some(({ start, end, step }) => value >= start && value <= end && (value - start) % (step || 1) === 0)
