import type { ScheduleDescription } from '@temporalio/client'
import { wallText } from '../../loader/schedule/scheduleTimes.ts'
import { requireSchedule, scheduleIdOf } from '../schedules/ownedSchedules.ts'
import { withTemporal } from '../temporal.ts'

type PauseOptions = { readonly reason?: string; readonly config?: string }

/** A schedule that is already paused gets the new reason. */
export async function schedulePause(name: string, { reason, config }: PauseOptions): Promise<void> {
  await withTemporal(async temporal => {
    const found = await requireSchedule(temporal, name)
    await temporal.client.schedule.getHandle(scheduleIdOf(name)).pause(noteOf('paused', reason, found))
    console.log(`The schedule of ${name} is paused. Resume it: sflink schedule resume ${name}`)
  }, config)
}

export async function scheduleResume(name: string, { reason, config }: PauseOptions): Promise<void> {
  await withTemporal(async temporal => {
    const found = await requireSchedule(temporal, name)
    const handle = temporal.client.schedule.getHandle(scheduleIdOf(name))
    await handle.unpause(noteOf('resumed', reason, found))
    const { info, spec } = await handle.describe()
    const timeZone = spec.timezone || 'UTC'
    const [next] = info.nextActionTimes
    const starts = next === undefined ? 'never' : `${wallText(next.getTime(), timeZone)} (${timeZone})`
    console.log(`The schedule of ${name} is resumed; its next run starts ${starts}`)
  }, config)
}

/** Keeps what the notes said before the last pause: what is loaded from where. */
function noteOf(what: string, reason: string | undefined, { state: { note = '' } }: ScheduleDescription): string {
  const subject = note.replace(/^(?:paused|resumed) (?:by sflink|in sflink\.yaml)(?:: .*?)?(?:; |$)/, '')
  return `${what} by sflink${reason === undefined ? '' : `: ${reason.replaceAll(';', ',')}`}${subject === '' ? '' : `; ${subject}`}`
}

export async function scheduleRemove(name: string, { config }: { readonly config?: string }): Promise<void> {
  await withTemporal(async temporal => {
    await requireSchedule(temporal, name)
    await temporal.client.schedule.getHandle(scheduleIdOf(name)).delete()
    console.log(
      `The schedule of ${name} is removed; its runs stay. While sflink.yaml has it, schedule apply creates it again`,
    )
  }, config)
}
