import type { ScheduleDescription } from '@temporalio/client'
// @temporalio/common/lib/time.js is private; test/unit/schedule/temporalTime.test.ts fails when an upgrade changes it.
import { msToTs, requiredTsToMs } from '@temporalio/common/lib/time.js'
import { readScheduledTime } from '../../loader/schedule/placeholders.ts'
import type { OverlapPolicy } from '../../loader/schedule/schedule.ts'
import { nextTimes, timesBetween, wallText } from '../../loader/schedule/scheduleTimes.ts'
import { runNameOf, scheduledWorkflowId } from '../../packages/client/contract/names.ts'
import { columns, printJson } from '../columns.ts'
import { CommandError } from '../commandError.ts'
import type { SharedOptions } from '../optionValues.ts'
import { cronsOf } from '../schedules/difference.ts'
import { requireSchedule, scheduleIdOf } from '../schedules/ownedSchedules.ts'
import { temporalPolicy } from '../schedules/wantedSchedule.ts'
import { type TemporalAccess, withTemporal } from '../temporal.ts'

type BackfillOptions = SharedOptions & {
  readonly from: string
  readonly to: string
  readonly overlap: OverlapPolicy
}

/** Maximum number of starts that Temporal buffers for a schedule. */
const MOST_RUNS = 1_000

export async function scheduleBackfill(name: string, options: BackfillOptions): Promise<void> {
  await withTemporal(async temporal => {
    const found = await requireSchedule(temporal, name)
    const schedule = timesOf(name, found)
    const { from, to } = rangeOf(options, schedule.timeZone)
    const { times, start, end } = await matchingTimes(temporal, schedule, from, to)
    rejectNoneOrTooMany(schedule, options, from, times.length)
    const overlap = temporalPolicy(options.overlap)
    await temporal.client.schedule.getHandle(scheduleIdOf(name)).backfill({ start, end, overlap })
    const runs = times.map(time => ({ runId: runIdAt(name, time), scheduledTime: new Date(time).toISOString() }))
    if (options.json) return printJson(runs)
    const rows = times.map((time, index) => [runs[index]?.runId ?? '', wallText(time, schedule.timeZone)])
    console.log(columns(rows, { head: ['RUN', `SCHEDULED FOR (${schedule.timeZone})`] }))
    console.error(
      `${times.length} to start. A run that has loaded its source before sends nothing twice. See: sflink schedule show ${name}`,
    )
  }, options.config)
}

function timesOf(sync: string, { spec }: ScheduleDescription): ServerTimes {
  const crons = cronsOf(spec)
  if (crons !== undefined) return { sync, crons, timeZone: spec.timezone || 'UTC', jitter: spec.jitter ?? 0 }
  throw new CommandError(
    `The schedule of ${sync} has times that sflink did not set. Apply sflink.yaml first: sflink schedule apply`,
  )
}

/** Epoch milliseconds. A day as the end includes the whole day; the end is at most now. */
function rangeOf({ from, to }: BackfillOptions, timeZone: string): { readonly from: number; readonly to: number } {
  const begin = timeOf('--from', from, timeZone)
  const end = timeOf('--to', /^\d{4}-\d\d-\d\d$/.test(to) ? `${to}T23:59:59` : to, timeZone)
  if (end < begin) throw new CommandError(`--to ${to} is before --from ${from}; give the earlier one as --from`)
  return { from: begin, to: Math.max(begin, Math.min(end, Date.now())) }
}

function rejectNoneOrTooMany(schedule: ServerTimes, { from, to }: BackfillOptions, begin: number, count: number): void {
  const { sync, crons, timeZone } = schedule
  if (count > MOST_RUNS) {
    throw new CommandError(
      `From ${from} to ${to} the schedule of ${sync} has more than ${MOST_RUNS} times; backfill fewer at once`,
    )
  }
  if (count > 0) return
  const [next] = nextTimes(schedule, begin - 1, 1)
  const after = next === undefined ? '' : `; the next one is ${wallText(next, timeZone)}`
  throw new CommandError(
    `From ${from} to ${to} the schedule of ${sync} has no time that has passed (${crons.join('; ')}, ${timeZone})${after}. Nothing was started`,
  )
}

function timeOf(option: string, text: string, timeZone: string): number {
  const read = readScheduledTime(text, timeZone)
  if ('problem' in read) throw new CommandError(`${option}: ${read.problem}`)
  return read.time
}

/** Temporal names the workflow by the time without fractions. */
function runIdAt(sync: string, time: number): string {
  const workflowId = `${scheduledWorkflowId(sync)}-${new Date(time).toISOString().slice(0, 19)}Z`
  return runNameOf(workflowId).runId
}

const SECOND = 1_000

type ServerTimes = {
  readonly sync: string
  readonly crons: readonly string[]
  readonly timeZone: string
  /** Milliseconds. */
  readonly jitter: number
}

type MatchingTimes = {
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
async function matchingTimes(
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
