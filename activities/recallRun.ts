import { type RecalledRun, type RecallRunInput, recallRun as runRecallRun } from '../loader/calls/recallRun.ts'
import type { Dependencies } from '../loader/dependencies.ts'

/**
 * Returns the input of a run made of calls. A planned run keeps its spec, whatever the configuration says now. A run that was never
 * planned, because the org rejected its spec for example, starts again with the spec of the configuration.
 * Retry: safe because a run that was not planned has sent nothing.
 */
export function recallRun(dependencies: Dependencies) {
  return (input: RecallRunInput): Promise<RecalledRun> => runRecallRun(dependencies, input)
}
