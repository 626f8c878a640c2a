import type { Dependencies } from '../loader/dependencies.ts'
import { planRun, type RunPlan } from '../loader/runs/planRun.ts'
import { runStep } from './runStep.ts'

/**
 * Validates the spec against the org's objects as the integration user sees them, and stores the plan.
 * Retry: safe because it only reads from the org; a stored plan stays, since chunks may have been staged with it.
 */
export function planSync(dependencies: Dependencies) {
  return (input: { readonly runId: string }): Promise<RunPlan> => runStep(step => planRun(dependencies, input, step))
}
