// The differences between a schedule of the configuration and the one on the server, as text.
import type { ScheduleDescription, ScheduleSpecDescription } from '@temporalio/client'
import { nextTimes } from '../../loader/schedule/scheduleTimes.ts'
import { zoneClock } from '../../loader/values/timeZone.ts'
import { writtenDuration } from '../../packages/client/contract/duration.ts'
import { foreignStart, zoneOf } from './serverTimes.ts'
import type { WantedSchedule } from './wantedSchedule.ts'

export type Change = {
  /** A key of the configuration's schedule, or the part of the run that is started. */
  readonly what: string
  readonly server: string
  readonly file: string
}

/** Empty when the server matches the configuration. */
export function changesOf(wanted: WantedSchedule, found: ScheduleDescription): readonly Change[] {
  const { schedule, options } = wanted
  const { spec, policies, action, state } = found
  const facts: readonly (readonly [string, string, string])[] = [
    ['cron', cronText(spec) ?? OTHER_TIMES, schedule.crons.join('; ')],
    ['timeZone', zoneOf(found), schedule.timeZone],
    ['jitter', writtenDuration(spec.jitter ?? 0), writtenDuration(schedule.jitter)],
    ['overlap', policies.overlap?.toLowerCase() ?? '', schedule.overlap],
    ['catchupWindow', writtenDuration(policies.catchupWindow), writtenDuration(schedule.catchupWindow)],
    ['pauseOnFailure', String(policies.pauseOnFailure), String(schedule.pauseOnFailure)],
    ['paused', String(state.paused), String(schedule.paused ?? state.paused)],
    ['workflow', workflowText(action), workflowText(options.action)],
    ['search attributes', attributesText(action), attributesText(options.action)],
    ['notes', state.note ?? '', state.note || wanted.note],
    ['summary', action.staticSummary ?? '', options.action.staticSummary ?? ''],
    ['details', action.staticDetails ?? '', options.action.staticDetails ?? ''],
  ]
  const changes = facts
    .filter(([, server, file]) => server !== file)
    .map(([what, server, file]) => ({ what, server, file }))
  if (changes.some(({ what }) => what === 'cron' || what === 'timeZone') || timesAgree(wanted, found)) return changes
  return [{ what: 'cron', server: OTHER_TIMES, file: schedule.crons.join('; ') }, ...changes]
}

const OTHER_TIMES = 'times that sflink did not set'

/** The expressions that sflink stored as comments; undefined when the schedule has other or more times. */
export function cronText(spec: ScheduleSpecDescription): string | undefined {
  return cronsOf(spec)?.join('; ')
}

export function cronsOf({ calendars = [], intervals = [], skip = [], startAt, endAt }: ScheduleSpecDescription) {
  const crons = calendars.map(({ comment }) => comment ?? '')
  const isOurs = intervals.length === 0 && skip.length === 0 && startAt === undefined && endAt === undefined
  if (!isOurs || crons.length === 0 || crons.includes('')) return undefined
  return crons.toSorted()
}

/** Whether the times match, given equal comments: someone may have changed the times but not the comments. */
function timesAgree({ schedule }: WantedSchedule, found: ScheduleDescription): boolean {
  const { info, spec } = found
  const server = info.nextActionTimes.map(time => time.getTime())
  const [first] = server
  // By other rules of the time zone, equal times are other instants.
  if (first === undefined || foreignStart(found, server) !== undefined) return true
  const jitter = spec.jitter ?? 0
  const own = nextTimes(schedule, first - jitter - 1, server.length)
  const offsetAt = (time: number) => zoneClock(schedule.timeZone).wallAt(time) - time
  // When the clocks are set back, Temporal may use either of two equal times.
  const change = server.findIndex(time => offsetAt(time) !== offsetAt(first))
  const comparable = change < 0 ? server : server.slice(0, change)
  return comparable.every((time, index) => time - (own[index] ?? 0) >= 0 && time - (own[index] ?? 0) <= jitter)
}

type SomeAction = {
  readonly workflowType: unknown
  readonly taskQueue: string
  readonly workflowId?: string
  readonly args?: readonly unknown[]
}

function workflowText({ workflowType, taskQueue, workflowId = '', args = [] }: SomeAction): string {
  return `${String(workflowType)} on ${taskQueue} as ${workflowId} with ${args.map(arg => JSON.stringify(arg)).join(', ')}`
}

type Attributes = readonly { readonly key: { readonly name: string }; readonly value: unknown }[]

function attributesText({ typedSearchAttributes = [] }: { readonly typedSearchAttributes?: unknown }): string {
  const given = typedSearchAttributes as Attributes | { getAll(): Attributes }
  const pairs = 'getAll' in given ? given.getAll() : given
  return pairs
    .map(({ key, value }) => `${key.name}=${String(value)}`)
    .toSorted()
    .join(', ')
}
