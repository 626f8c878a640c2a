// @temporalio/common/lib/time.js is private; test/unit/schedule/temporalTime.test.ts fails when an upgrade changes it.
import { msToTs, requiredTsToMs } from '@temporalio/common/lib/time.js'
import { nextTimes, timesBetween } from '../../loader/schedule/scheduleTimes.ts'
import type { TemporalAccess } from '../temporal.ts'
import { scheduleIdOf } from './ownedSchedules.ts'

const SECOND = 1_000

export type ServerTimes = {
  readonly sync: string
  readonly crons: readonly string[]
  readonly timeZone: string
  /** Milliseconds. */
  readonly jitter: number
}

export type MatchingTimes = {
  /** Epoch milliseconds, without jitter: what the runs are named by. */
  readonly times: readonly number[]
  /** The range that contains exactly these times for Temporal: after its start, and up to its end. */
  readonly start: Date
  readonly end: Date
}

/**
 * When a schedule's runs are due between two times, both included, according to Temporal: on a day when clocks are set
 * back, it does not use every repeated time.
 */
export async function matchingTimes(
  { client, namespace }: TemporalAccess,
  { sync, jitter, ...schedule }: ServerTimes,
  from: number,
  to: number,
): Promise<MatchingTimes> {
  // Temporal counts a time by its start, jitter included.
  const [after = Number.POSITIVE_INFINITY] = nextTimes(schedule, to, 1)
  const start = from - SECOND
  const end = Math.min(to + jitter, after - SECOND)
  const { startTime } = await client.workflowService.listScheduleMatchingTimes({
    namespace,
    scheduleId: scheduleIdOf(sync),
    startTime: msToTs(start),
    endTime: msToTs(end),
  })
  const starts = startTime.map(time => requiredTsToMs(time, 'startTime'))
  const due = jitter === 0 ? [] : timesBetween(schedule, from, to, starts.length * 2 + 2)
  const times = starts.map(time => due.findLast(one => one <= time) ?? time)
  return { times, start: new Date(start), end: new Date(end) }
}
