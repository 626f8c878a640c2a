import type { ScheduleDescription } from '@temporalio/client'
import { readScheduledTime } from '../../loader/schedule/placeholders.ts'
import type { OverlapPolicy } from '../../loader/schedule/schedule.ts'
import {
  type ClockChange,
  clockChanges,
  nextTimes,
  timesBetween,
  type WallRange,
  wallText,
} from '../../loader/schedule/scheduleTimes.ts'
import { zoneClock } from '../../loader/values/timeZone.ts'
import { runNameOf, type ScheduledKind, scheduledWorkflowId } from '../../packages/client/contract/names.ts'
import { columns, printJson } from '../columns.ts'
import { CommandError } from '../commandError.ts'
import type { SharedOptions } from '../optionValues.ts'
import { cronsOf } from '../schedules/difference.ts'
import { kindOf, requireSchedule, scheduleIdOf } from '../schedules/ownedSchedules.ts'
import { matchingStarts, zoneOf, zoneProblem } from '../schedules/serverTimes.ts'
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
    const range = rangeOf(options, schedule.timeZone)
    const changes = clockChanges(schedule, range.walls)
    const { times, start, end } = await matchingTimes(temporal, schedule, range)
    rejectNoneOrTooMany(schedule, options, { begin: range.from, count: times.length, changes })
    const overlap = temporalPolicy(options.overlap)
    await temporal.client.schedule.getHandle(scheduleIdOf(name)).backfill({ start, end, overlap })
    const runs = times.map(time => ({ runId: runIdAt(schedule, time), scheduledTime: new Date(time).toISOString() }))
    for (const change of changes) console.error(changeLine(schedule, change))
    const problem = await zoneProblem(temporal, name, found)
    if (problem !== undefined) console.error(`${name}: ${problem}`)
    if (options.json) return printJson(runs)
    const rows = times.map((time, index) => [runs[index]?.runId ?? '', wallText(time, schedule.timeZone)])
    console.log(columns(rows, { head: ['RUN', `SCHEDULED FOR (${schedule.timeZone})`] }))
    console.error(
      `${times.length} to start. A run that has loaded its source before sends nothing twice. See: sflink schedule show ${name}`,
    )
  }, options.config)
}

function timesOf(sync: string, found: ScheduleDescription): ServerTimes {
  const { spec } = found
  const crons = cronsOf(spec)
  const kind = kindOf(found)
  const isTimed = kind === 'flow' || (found.action.staticSummary?.includes('{') ?? false)
  if (crons !== undefined) return { sync, kind, crons, timeZone: zoneOf(found), jitter: spec.jitter ?? 0, isTimed }
  throw new CommandError(
    `The schedule of ${sync} has times that sflink did not set. Apply sflink.yaml first: sflink schedule apply`,
  )
}

/** Epoch milliseconds. */
type BackfillRange = { readonly from: number; readonly to: number; readonly walls: WallRange }

/** A day includes all of it, whatever its clocks do; the end is at most now. */
function rangeOf({ from, to }: BackfillOptions, timeZone: string): BackfillRange {
  const begin = instantsOf('--from', from, timeZone)
  const end = instantsOf('--to', to, timeZone)
  if (end.until < begin.time)
    throw new CommandError(`--to ${to} is before --from ${from}; give the earlier one as --from`)
  const last = Math.max(begin.time, Math.min(end.until, Date.now()))
  const walls = { from: wallOf(from, begin.time, timeZone), to: zoneClock(timeZone).wallAt(last) }
  // A day may end before its midnight: the clocks skip what is left.
  const isWholeDay = isDay(to) && last === end.until
  return { from: begin.time, to: last, walls: isWholeDay ? { ...walls, to: midnightOf(to) + DAY - 1 } : walls }
}

const DAY = 86_400_000

const isDay = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text)

const midnightOf = (day: string): number => Date.parse(`${day}T00:00Z`)

/** A day may begin after its midnight. */
const wallOf = (text: string, time: number, timeZone: string): number =>
  isDay(text) ? midnightOf(text) : zoneClock(timeZone).wallAt(time)

function instantsOf(option: string, text: string, timeZone: string) {
  const read = readScheduledTime(text, timeZone)
  if ('problem' in read) throw new CommandError(`${option}: ${read.problem}`)
  return read
}

type FoundTimes = { readonly begin: number; readonly count: number; readonly changes: readonly ClockChange[] }

function rejectNoneOrTooMany(
  schedule: ServerTimes,
  { from, to }: BackfillOptions,
  { begin, count, changes }: FoundTimes,
): void {
  const { sync, crons, timeZone } = schedule
  if (count > MOST_RUNS) {
    throw new CommandError(
      `From ${from} to ${to} the schedule of ${sync} has more than ${MOST_RUNS} times; backfill fewer at once`,
    )
  }
  if (count > 0) return
  const [next] = nextTimes(schedule, begin - 1, 1)
  const after = next === undefined ? '' : `; the next one is ${wallText(next, timeZone)}`
  const skipped = changes.filter(({ kind }) => kind === 'skipped').map(change => `. ${changeLine(schedule, change)}`)
  throw new CommandError(
    `From ${from} to ${to} the schedule of ${sync} has no time that has passed (${crons.join('; ')}, ${timeZone})${after}. Nothing was started${skipped.join('')}`,
  )
}

/** What the clocks do to times of the range. */
function changeLine(
  { sync, kind: scheduled, timeZone, isTimed }: ServerTimes,
  { kind, times, count }: ClockChange,
): string {
  const written = times.map(time => time.replace('T', ' '))
  const which = count > 2 ? `${count} times from ${written[0]} to ${written[1]}` : written.join(' and ')
  const [many, one] = [count > 1, times[0]?.slice(0, 10)]
  return kind === 'skipped'
    ? `${which} ${many ? 'do' : 'does'} not exist in ${timeZone}, so no run is due then: the clocks skip ${many ? 'them' : 'it'}. Load its source by hand: sflink ${scheduled} run ${sync}${isTimed ? ` --scheduled-time ${one}` : ''}`
    : `${which} ${many ? 'occur' : 'occurs'} twice in ${timeZone}: Temporal starts a run at one of them or at both, and with source.unchanged: skip the second loads nothing`
}

/** Temporal names the workflow by the time without fractions. */
function runIdAt({ sync, kind }: ServerTimes, time: number): string {
  const workflowId = `${scheduledWorkflowId(sync, kind)}-${new Date(time).toISOString().slice(0, 19)}Z`
  return runNameOf(workflowId).runId
}

const SECOND = 1_000

type ServerTimes = {
  /** Name of the sync, or of the flow. */
  readonly sync: string
  readonly kind: ScheduledKind
  readonly crons: readonly string[]
  readonly timeZone: string
  /** Milliseconds. */
  readonly jitter: number
  /** Whether a source may have {date} or another time in its URI. */
  readonly isTimed: boolean
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
  temporal: TemporalAccess,
  { sync, jitter, ...schedule }: ServerTimes,
  { from, to }: BackfillRange,
): Promise<MatchingTimes> {
  // Temporal counts a time by its start, jitter included.
  const [after = Number.POSITIVE_INFINITY] = nextTimes(schedule, to, 1)
  const start = from - SECOND
  const end = Math.min(to + jitter, after - SECOND)
  const starts = await matchingStarts(temporal, { sync, start, end })
  const due = jitter === 0 ? [] : timesBetween(schedule, from, to, starts.length * 2 + 2)
  const times = starts.map(time => due.findLast(one => one <= time) ?? time)
  return { times, start: new Date(start), end: new Date(end) }
}
