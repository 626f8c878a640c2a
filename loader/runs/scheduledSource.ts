import type { SyncRecordsInput } from '../../packages/client/contract/syncRecords.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { fillPlaceholders, openPlaceholders, scheduledPlaceholderProblem } from '../schedule/placeholders.ts'
import { DEFAULT_SCHEDULE_TIME_ZONE } from '../schedule/schedule.ts'
import { readScheduledTime } from '../schedule/scheduledTime.ts'
import { RunRejectedError } from '../spec/runRejectedError.ts'
import { shownUri } from '../storage/uris.ts'
import { isTimeZone } from '../values/timeZone.ts'

type GivenTime = Pick<SyncRecordsInput, 'scheduledTime' | 'timeZone'>

/**
 * The spec with `{date}` and related placeholders in the source's URI filled by the scheduled time.
 * @param scheduleZone of the sync's schedule in the configuration
 * Throws RunRejectedError when the time can't be read, or something stays open.
 */
export function atScheduledTime(spec: SyncSpec, given: GivenTime, scheduleZone: string | undefined): SyncSpec {
  const { source } = spec
  const timeZone = given.timeZone ?? scheduleZone ?? DEFAULT_SCHEDULE_TIME_ZONE
  if (!isTimeZone(timeZone))
    throw rejected(`timeZone: unknown time zone ${JSON.stringify(timeZone)}; write it like Europe/Berlin`)
  const scheduledTime = timeOf(given.scheduledTime)
  if ('inline' in source) return spec
  const open = openPlaceholders(source.uri)
  if (open.length === 0) return spec
  const problems = open.map(scheduledPlaceholderProblem).filter(problem => problem !== undefined)
  if (problems.length > 0) throw new RunRejectedError(`The source ${shownUri(source.uri)}`, problems)
  if (scheduledTime === undefined) {
    throw new RunRejectedError(`The source ${shownUri(source.uri)}`, [
      `{${open[0]}} is open; give scheduledTime in the input, like 2026-11-25T01:00:00Z, or a spec with the whole uri`,
    ])
  }
  return { ...spec, source: { ...source, uri: fillPlaceholders(source.uri, scheduledTime, timeZone) } }
}

function timeOf(text: string | null | undefined): number | undefined {
  if (text == null) return undefined
  const read = readScheduledTime(text, undefined)
  if ('problem' in read) throw rejected(`scheduledTime: ${read.problem}`)
  return read.time
}

function rejected(problem: string): RunRejectedError {
  return new RunRejectedError('The input of syncRecords', [problem])
}
