// The plan for people and for programs.
import { type ClockChange, clockChanges, nextTimes, wallText } from '../../loader/schedule/scheduleTimes.ts'
import { scheduleIdOf } from './ownedSchedules.ts'
import type { ScheduleStep } from './plan.ts'
import type { WantedSchedule } from './wantedSchedule.ts'

/** Next times that a plan shows. */
const TIMES_SHOWN = 3
/** Characters of a long value that has changed. */
const VALUE_SHOWN = 120

const SIGNS: Readonly<Record<ScheduleStep['step'], string>> = { create: '+', change: '~', remove: '-', unchanged: '=' }

/** @param now epoch milliseconds */
export function planText(steps: readonly ScheduleStep[], now: number): string {
  return steps
    .map(step => [`${SIGNS[step.step]} ${step.sync}  ${step.step}`, ...detailsOf(step, now)].join('\n    '))
    .join('\n')
}

/** `1 to create, 2 unchanged` */
export function planCounts(steps: readonly ScheduleStep[]): string {
  const kinds = ['create', 'change', 'remove', 'unchanged'] as const
  const counts = kinds.map(kind => [kind, steps.filter(({ step }) => step === kind).length] as const)
  return counts
    .filter(([, number]) => number > 0)
    .map(([kind, number]) => (kind === 'unchanged' ? `${number} unchanged` : `${number} to ${kind}`))
    .join(', ')
}

export function planJson(steps: readonly ScheduleStep[], now: number): readonly object[] {
  return steps.map(step => ({
    sync: step.sync,
    scheduleId: scheduleIdOf(step.sync),
    step: step.step,
    ...(step.step === 'change' ? { changes: step.changes } : {}),
    ...(step.step === 'remove' ? {} : timesJson(step.wanted, now)),
  }))
}

function detailsOf(step: ScheduleStep, now: number): readonly string[] {
  if (step.step === 'remove') return ['exists on the server but not in the configuration']
  const { schedule } = step.wanted
  const changes = step.step === 'change' ? step.changes : []
  const paused = step.step === 'create' ? schedule.paused === true : step.paused
  const times = nextTimes(schedule, now, TIMES_SHOWN).map(time => wallText(time, schedule.timeZone))
  return [
    ...changes.map(({ what, server, file }) => `${what}: ${shown(file)}; on the server ${shown(server)}`),
    `${paused ? 'paused; would start' : 'next'} ${times.join(', ') || 'never'} (${schedule.timeZone})`,
    ...clockChanges(schedule, now).map(clockChangeText),
  ]
}

function clockChangeText({ kind, times, count }: ClockChange): string {
  const written = times.map(time => time.replace('T', ' '))
  const which = count > 2 ? `${count} times from ${written[0]} to ${written[1]}` : written.join(' and ')
  return kind === 'skipped'
    ? `daylight saving: ${which} does not exist, no run starts then; start it by hand (sync run --scheduled-time), or schedule another hour`
    : `daylight saving: ${which} occurs twice, and Temporal starts a run at one of them or at both; source.unchanged: skip skips the second, or schedule another hour`
}

function timesJson({ schedule }: WantedSchedule, now: number): object {
  const next = nextTimes(schedule, now, TIMES_SHOWN).map(time => new Date(time).toISOString())
  return { timeZone: schedule.timeZone, next, clockChanges: clockChanges(schedule, now) }
}

function shown(value: string): string {
  const line = value.replaceAll(/\s+/g, ' ')
  return line.length > VALUE_SHOWN ? `${line.slice(0, VALUE_SHOWN)}…` : line || 'nothing'
}
