import type { ActivityDependencies } from './dependencies.ts'
import { flowActivities } from './flows.ts'
import { inspectionActivities } from './inspection.ts'
import { budgetActivities } from './orgBudget.ts'
import { recordActivities } from './records.ts'
import { runActivities } from './runs.ts'

/** The durable steps, with what they need passed in. */
export function createActivities(dependencies: ActivityDependencies) {
  return {
    ...runActivities(dependencies),
    ...recordActivities(dependencies),
    ...flowActivities(dependencies),
    ...budgetActivities(dependencies),
    ...inspectionActivities(dependencies),
  }
}

export type Activities = ReturnType<typeof createActivities>
