import type { Dependencies } from '../loader/dependencies.ts'
import { planSync as runPlanSync } from '../loader/runs/planRun.ts'
import type { RunSettings } from './runSettings.ts'
import { runStep } from './runStep.ts'

/**
 * Validates the spec against the org's objects as the integration user sees them, and stores the plan.
 * Retry: safe because it only reads from the org; a stored plan stays, since chunks may have been staged with it.
 */
export function planSync(dependencies: Dependencies) {
  return (input: { readonly runId: string }): Promise<Pick<RunSettings, 'findsIds'>> =>
    runStep(step => runPlanSync(dependencies, input, step))
}
