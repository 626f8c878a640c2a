import type { ScheduleDescription } from '@temporalio/client'
import { runIdOfWorkflow, scheduledWorkflowId } from '../../sync/runNames.ts'
import type { OverlapPolicy } from '../../sync/schedule.ts'
import { readScheduledTime } from '../../sync/scheduledTime.ts'
import { nextTimes, timesBetween, wallText } from '../../sync/scheduleTimes.ts'
import { columns } from '../columns.ts'
import { CommandError } from '../commandError.ts'
import { cronsOf } from '../schedules/difference.ts'
import { requireSchedule, scheduleIdOf } from '../schedules/ownedSchedules.ts'
import { temporalPolicy } from '../schedules/wantedSchedule.ts'
import { withTemporal } from '../temporal.ts'

type BackfillOptions = {
  readonly from: string
  readonly to: string
  readonly overlap: OverlapPolicy
  readonly json?: boolean
  readonly config?: string
}

/** Temporal keeps as many starts waiting for a schedule. */
const MOST_RUNS = 1_000
const SECOND = 1_000

export async function scheduleBackfill(name: string, options: BackfillOptions): Promise<void> {
  await withTemporal(async temporal => {
    const found = await requireSchedule(temporal, name)
    const schedule = timesOf(name, found)
    const times = backfillTimes(name, schedule, options)
    const [first = 0, last = first] = [times[0], times.at(-1)]
    // Temporal counts a time by its start, jitter included.
    const [after = Number.POSITIVE_INFINITY] = nextTimes(schedule, last, 1)
    const end = Math.min(last + (found.spec.jitter ?? 0), after - SECOND)
    await temporal.client.schedule.getHandle(scheduleIdOf(name)).backfill({
      start: new Date(first - SECOND),
      end: new Date(end),
      overlap: temporalPolicy(options.overlap),
    })
    const runs = times.map(time => ({ runId: runIdAt(name, time), scheduledTime: new Date(time).toISOString() }))
    if (options.json) {
      console.log(JSON.stringify(runs, undefined, 2))
      return
    }
    const rows = times.map((time, index) => [runs[index]?.runId ?? '', wallText(time, schedule.timeZone)])
    console.log(columns(rows, { head: ['RUN', `SCHEDULED FOR (${schedule.timeZone})`] }))
    console.error(
      `${times.length} to start. A run of these that had loaded its source before sends nothing twice. See: sflink schedule show ${name}`,
    )
  }, options.config)
}

type Times = { readonly crons: readonly string[]; readonly timeZone: string }

function timesOf(name: string, { spec }: ScheduleDescription): Times {
  const crons = cronsOf(spec)
  if (crons !== undefined) return { crons, timeZone: spec.timezone || 'UTC' }
  throw new CommandError(
    `The schedule of ${name} has times that sflink did not set. Make them those of sflink.yaml first: sflink schedule apply`,
  )
}

function backfillTimes(name: string, schedule: Times, { from, to }: BackfillOptions): readonly number[] {
  const { timeZone } = schedule
  const begin = timeOf('--from', from, timeZone)
  const end = timeOf('--to', /^\d{4}-\d\d-\d\d$/.test(to) ? `${to}T23:59:59` : to, timeZone)
  if (end < begin) throw new CommandError(`--to ${to} is before --from ${from}; give the earlier one as --from`)
  const passed = Math.min(end, Date.now())
  const times = timesBetween(schedule, begin, passed, MOST_RUNS + 1)
  if (times.length > MOST_RUNS) {
    throw new CommandError(
      `From ${from} to ${to} the schedule of ${name} has more than ${MOST_RUNS} times; backfill fewer at once`,
    )
  }
  if (times.length > 0) return times
  const [next] = nextTimes(schedule, begin - 1, 1)
  const after = next === undefined ? '' : `; the first from there on is ${wallText(next, timeZone)}`
  throw new CommandError(
    `From ${from} to ${to} the schedule of ${name} has no time that has passed (${schedule.crons.join('; ')}, ${timeZone})${after}. Nothing was started`,
  )
}

function timeOf(option: string, text: string, timeZone: string): number {
  const read = readScheduledTime(text, timeZone)
  if ('fault' in read) throw new CommandError(`${option}: ${read.fault}`)
  return read.time
}

/** Temporal names the workflow by the time without fractions. */
function runIdAt(sync: string, time: number): string {
  const workflowId = `${scheduledWorkflowId(sync)}-${new Date(time).toISOString().slice(0, 19)}Z`
  return runIdOfWorkflow(workflowId) ?? workflowId
}
