import { loadConfiguration } from '../../config/environment.ts'
import { printJson } from '../columns.ts'
import type { SharedOptions } from '../optionValues.ts'
import { doStep, planSchedules } from '../schedules/plan.ts'
import { planCounts, planJson, planText } from '../schedules/planText.ts'
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
    }
    if (json) printJson(planJson(steps, now))
    else if (steps.length === 0) console.error(`No sync of ${configuration.file} has a schedule; nothing was changed`)
  }, config)
}
