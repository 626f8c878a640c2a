// Compares the schedules in Temporal with those of the configuration.
import type { Configuration } from '../../config/configuration.ts'
import { planSchedules, type ScheduleStep } from '../schedules/plan.ts'
import type { TemporalAccess } from '../temporal.ts'
import { type Finding, finding, warning, well } from './finding.ts'

const CHECK = 'Schedules'

/** Empty when neither has a schedule. Never rejects. */
export async function checkSchedules(
  temporal: TemporalAccess,
  configuration: Configuration,
): Promise<readonly Finding[]> {
  let steps: readonly ScheduleStep[] = []
  const found = await finding(CHECK, async () => {
    steps = await planSchedules(temporal, configuration)
    return scheduleFinding(steps)
  })
  return found.state !== 'wrong' && steps.length === 0 ? [] : [found]
}

function scheduleFinding(steps: readonly ScheduleStep[]): Finding {
  const open = steps.filter(({ step }) => step !== 'unchanged').map(({ step, sync }) => `${sync} (${WORDS[step]})`)
  if (open.length > 0) {
    return warning(
      CHECK,
      `differ from the configuration: ${open.join(', ')}; see sflink schedule plan, then: sflink schedule apply`,
    )
  }
  const paused = steps.flatMap(step => (step.step === 'unchanged' && step.paused ? [step.sync] : []))
  if (paused.length === 0) return well(CHECK, `${steps.map(({ sync }) => sync).join(', ')} as configured`)
  return warning(CHECK, `${paused.join(', ')} paused; start runs again: sflink schedule resume ${paused[0]}`)
}

const WORDS: Readonly<Record<ScheduleStep['step'], string>> = {
  create: 'not in Temporal',
  change: 'differs in Temporal',
  remove: 'only in Temporal',
  unchanged: 'unchanged',
}
