import { requireSchedule, scheduleIdOf } from '../schedules/ownedSchedules.ts'
import { withTemporal } from '../temporal.ts'

export async function scheduleRemove(name: string, { config }: { readonly config?: string }): Promise<void> {
  await withTemporal(async temporal => {
    await requireSchedule(temporal, name)
    await temporal.client.schedule.getHandle(scheduleIdOf(name)).delete()
    console.log(
      `The schedule of ${name} is removed; its runs stay. While sflink.yaml has it, schedule apply creates it again`,
    )
  }, config)
}
