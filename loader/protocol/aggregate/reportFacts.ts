import { present } from '../../../packages/client/contract/scalars.ts'
import { utcTimestamp } from '../../results/resultsCsv.ts'
import type { PlannedRun, StagedRun } from '../runRecords.ts'

/** What the reports of a run and of a plan have in common, in the order in which the Temporal UI shows it. */
export function reportFacts({ spec, plan, warnings, startedAt }: PlannedRun, staged: StagedRun) {
  return {
    connection: spec.connection,
    object: plan.object,
    operation: spec.operation,
    engine: staged.engine,
    startedAt: utcTimestamp(startedAt),
    finishedAt: utcTimestamp(Date.now()),
    ...present({ reading: staged.reading }),
    warnings: [...warnings, ...(staged.warnings ?? [])],
  }
}
