// `schedule:` of a sync, as a person writes it. Parsing it gives a Schedule, every default applied.
import { z } from 'zod'
import { check, type Problem, type ShowGiven, strictShape } from '../../packages/client/contract/issues.ts'
import { type DeepReadonly, durationText } from '../../packages/client/contract/scalars.ts'
import type { SourceSpec } from '../../packages/client/contract/sourceSpec.ts'
import { scheduleZoneProblem } from '../values/timeZone.ts'
import { cronProblem, parseCron } from './cron.ts'
import { openPlaceholders, scheduledPlaceholderProblem } from './placeholders.ts'
import { DEFAULT_SCHEDULE_TIME_ZONE, OVERLAP_POLICIES } from './schedule.ts'

const cron = z.string().transform((text, context) => {
  const parsed = parseCron(text)
  if ('cron' in parsed) return parsed.cron
  context.addIssue(parsed.problem)
  return z.NEVER
})

const calendarField = z
  .union([z.number(), z.string(), z.array(z.union([z.number(), z.string()])).min(1)], {
    error: 'expected a number, a name, a text such as 1-5, or a list of them',
  })
  .transform(values => [values].flat().map(shortName).join(','))

/** Cron with named fields. Defaults: 0 for minute and hour, every value for days and months. */
const calendar = strictShape({
  minute: calendarField.default('0').describe('Minutes of the hour, 0 to 59.'),
  hour: calendarField.default('0').describe('Hours of the day, 0 to 23.'),
  dayOfMonth: calendarField.default('*').describe('Days of the month, 1 to 31.'),
  month: calendarField.default('*').describe('Months, 1 to 12 or JAN to DEC.'),
  dayOfWeek: calendarField.default('*').describe('Days of the week, 0 to 6 from Sunday, or SUN to SAT.'),
}).transform(({ minute, hour, dayOfMonth, month, dayOfWeek }, context) => {
  const fields = [minute, hour, dayOfMonth, month, dayOfWeek].map(field => field.replaceAll(/\s/g, ''))
  const problem = cronProblem(fields)
  if (problem === undefined) return fields.join(' ')
  context.addIssue(`${problem}; write it like {hour: 2, dayOfWeek: MON-FRI}`)
  return z.NEVER
})

/** The shape; `parseSchedule` adds the rules between fields. Also the source of the published JSON Schema. */
export const scheduleSchema = strictShape(
  {
    cron: oneOrMore(cron, 'expected a cron expression such as "0 2 * * *", or a list of them')
      .exactOptional()
      .describe('Five fields: minute, hour, day of month, month, day of week; or several such texts.'),
    calendar: oneOrMore(calendar, 'expected a calendar such as {hour: 2, dayOfWeek: MON-FRI}, or a list of them')
      .exactOptional()
      .describe('Cron with named fields; replaces cron.'),
    timeZone: z
      .string()
      .superRefine((name, context) => {
        const problem = scheduleZoneProblem(name)
        if (problem !== undefined) context.addIssue(problem)
      })
      .default(DEFAULT_SCHEDULE_TIME_ZONE)
      .describe('IANA name; applies to the times, and to {date} and other placeholders in the source.'),
    jitter: durationText.default(0).describe('Largest random delay of a start.'),
    overlap: z
      .enum(OVERLAP_POLICIES)
      .default('skip')
      .describe('What happens when a run is due while an earlier run is in progress.'),
    catchupWindow: durationText
      .refine(window => window >= MIN_CATCHUP_WINDOW, 'must be at least 10s')
      // Runs missed in an outage of a night are started afterwards; Temporal's own default is a year.
      .default(24 * 3_600_000)
      .describe('How late a run may start, such as after an outage.'),
    pauseOnFailure: z.boolean().default(false).describe('Whether a failed run pauses the schedule.'),
    paused: z.boolean().exactOptional().describe('Absent: `schedule pause` and `schedule resume` decide.'),
  },
  '{ cron: "0 2 * * *" }',
)

/** Milliseconds; Temporal raises a shorter window to this. */
const MIN_CATCHUP_WINDOW = 10_000

/** A schedule with every default applied; times in milliseconds. Absent `paused`: the state on the server remains. */
export type Schedule = Omit<DeepReadonly<z.output<typeof scheduleSchema>>, 'cron' | 'calendar'> & {
  /** Five fields each, as `parseCron` gives them; a run is due at the times of each. */
  readonly crons: readonly string[]
}

export type ParsedSchedule =
  | { readonly ok: true; readonly schedule: Schedule }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Validates the schedule of a sync with this source. Reports all problems at once. */
export function parseSchedule(input: unknown, source: SourceSpec | undefined, show?: ShowGiven): ParsedSchedule {
  const checked = check(scheduleSchema, input, show)
  if (!checked.ok) return checked
  const { cron: crons, calendar: calendars, ...rest } = checked.value
  const times = crons ?? calendars
  const problems = sourceProblems(source)
  if (times === undefined || (crons !== undefined && calendars !== undefined)) {
    problems.push({ path: [], message: 'give either cron or calendar, like cron: "0 2 * * *"' })
  }
  if (problems.length > 0 || times === undefined) return { ok: false, problems }
  return { ok: true, schedule: { crons: [...new Set(times)].toSorted(), ...rest } }
}

function sourceProblems(source: SourceSpec | undefined): Problem[] {
  if (source === undefined) return []
  if ('inline' in source) {
    const message = 'would load the same inline records every time; give the source a uri, or leave out the schedule'
    return [{ path: [], message }]
  }
  return openPlaceholders(source).flatMap(name => {
    const problem = scheduledPlaceholderProblem(name)
    return problem === undefined ? [] : [{ path: [], message: `the source cannot be filled: ${problem}` }]
  })
}

function oneOrMore<Value extends z.ZodType<string>>(value: Value, error: string) {
  return z.union([value.transform(one => [one]), z.array(value).min(1)], { error })
}

/** Shortens MONDAY to MON, which cron requires. */
const shortName = (value: string | number): string => String(value).replaceAll(LONG_NAMES, name => name.slice(0, 3))

const LONG_NAMES =
  /\b(?:january|february|march|april|june|july|august|september|october|november|december|sunday|monday|tuesday|wednesday|thursday|friday|saturday)\b/gi
