import { loadConfiguration } from '../../config/environment.ts'
import { type ClockChange, clockChanges, nextTimes, wallText, yearFrom } from '../../loader/schedule/scheduleTimes.ts'
import { printJson } from '../columns.ts'
import type { SharedOptions } from '../optionValues.ts'
import { scheduleIdOf } from '../schedules/ownedSchedules.ts'
import { doStep, planSchedules, type ScheduleStep, zoneProblemOf } from '../schedules/plan.ts'
import type { WantedSchedule } from '../schedules/wantedSchedule.ts'
import { withTemporal } from '../temporal.ts'

export async function schedulePlan({ json, config }: SharedOptions): Promise<void> {
  const configuration = await loadConfiguration(config, { credentials: 'optional' })
  await withTemporal(async temporal => {
    const steps = await planSchedules(temporal, configuration)
    const now = Date.now()
    if (json) return printJson(planJson(steps, now))
    if (steps.length === 0) {
      console.error(`No sync of ${configuration.file} has a schedule, and the server has none made by sflink`)
      return
    }
    console.log(planText(steps, now))
    const isDone = steps.every(({ step }) => step === 'unchanged')
    console.error(`${planCounts(steps)}.${isDone ? '' : ' Apply with: sflink schedule apply'}`)
  }, config)
}

export async function scheduleApply({ json, config }: SharedOptions): Promise<void> {
  const configuration = await loadConfiguration(config, { credentials: 'optional' })
  await withTemporal(async temporal => {
    const steps = await planSchedules(temporal, configuration)
    const now = Date.now()
    // Each step is printed when it is done: a failed step does not hide those before it.
    for (const step of steps) {
      await doStep(temporal, step)
      if (!json) console.log(planText([step], now))
      if (step.step !== 'create' && step.step !== 'change') continue
      const problem = await zoneProblemOf(temporal, step.sync)
      if (problem !== undefined) console.error(`${step.sync}: ${problem}`)
    }
    if (json) printJson(planJson(steps, now))
    else if (steps.length === 0) console.error(`No sync of ${configuration.file} has a schedule; nothing was changed`)
  }, config)
}

/** Next times that a plan shows. */
const TIMES_SHOWN = 3
/** Characters of a long value that has changed. */
const VALUE_SHOWN = 120

const SIGNS: Readonly<Record<ScheduleStep['step'], string>> = { create: '+', change: '~', remove: '-', unchanged: '=' }

/** @param now epoch milliseconds */
function planText(steps: readonly ScheduleStep[], now: number): string {
  return steps
    .map(step => [`${SIGNS[step.step]} ${step.sync}  ${step.step}`, ...detailsOf(step, now)].join('\n    '))
    .join('\n')
}

/** `1 to create, 2 unchanged` */
function planCounts(steps: readonly ScheduleStep[]): string {
  const kinds = ['create', 'change', 'remove', 'unchanged'] as const
  return kinds
    .map(kind => [kind, steps.filter(({ step }) => step === kind).length] as const)
    .filter(([, number]) => number > 0)
    .map(([kind, number]) => (kind === 'unchanged' ? `${number} unchanged` : `${number} to ${kind}`))
    .join(', ')
}

function planJson(steps: readonly ScheduleStep[], now: number): readonly object[] {
  return steps.map(step => ({
    sync: step.sync,
    scheduleId: scheduleIdOf(step.sync),
    step: step.step,
    ...(step.step === 'change' ? { changes: step.changes } : {}),
    ...(step.step === 'unchanged' && step.zoneProblem !== undefined ? { zoneProblem: step.zoneProblem } : {}),
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
    ...clockChanges(schedule, yearFrom(now, schedule.timeZone)).map(clockChangeText),
    ...(step.step === 'unchanged' && step.zoneProblem !== undefined ? [step.zoneProblem] : []),
  ]
}

function clockChangeText({ kind, times, count }: ClockChange): string {
  const written = times.map(time => time.replace('T', ' '))
  const which = count > 2 ? `${count} times from ${written[0]} to ${written[1]}` : written.join(' and ')
  return kind === 'skipped'
    ? `daylight saving: ${which} does not exist, no run starts then; start it by hand with --scheduled-time, or schedule another hour`
    : `daylight saving: ${which} occurs twice, and Temporal starts a run at one of them or at both; source.unchanged: skip skips the second, or schedule another hour`
}

function timesJson({ schedule }: WantedSchedule, now: number): object {
  const { timeZone } = schedule
  const next = nextTimes(schedule, now, TIMES_SHOWN).map(time => new Date(time).toISOString())
  return { timeZone, next, clockChanges: clockChanges(schedule, yearFrom(now, timeZone)) }
}

function shown(value: string): string {
  const line = value.replaceAll(/\s+/g, ' ')
  return line.length > VALUE_SHOWN ? `${line.slice(0, VALUE_SHOWN)}…` : line || 'nothing'
}
