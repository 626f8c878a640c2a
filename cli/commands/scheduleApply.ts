import { loadConfiguration } from '../../config/environment.ts'
import { doStep, planSchedules } from '../schedules/plan.ts'
import { planJson, planText } from '../schedules/planText.ts'
import { withTemporal } from '../temporal.ts'
import type { SchedulePlanOptions } from './schedulePlan.ts'

export async function scheduleApply({ json, config }: SchedulePlanOptions): Promise<void> {
  const configuration = await loadConfiguration(config, { credentials: 'optional' })
  await withTemporal(async temporal => {
    const steps = await planSchedules(temporal, configuration)
    const now = Date.now()
    // Each step is printed when it is done: a failed step does not hide those before it.
    for (const step of steps) {
      await doStep(temporal, step)
      if (!json) console.log(planText([step], now))
    }
    if (json) console.log(JSON.stringify(planJson(steps, now), undefined, 2))
    else if (steps.length === 0) console.error(`No sync of ${configuration.file} has a schedule; nothing was changed`)
  }, config)
}
