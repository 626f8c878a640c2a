import type { Dependencies } from '../loader/dependencies.ts'
import { executionFiles } from '../loader/protocol/layout.ts'
import { writeJson } from '../loader/protocol/runRecords.ts'
import { utcTimestamp } from '../loader/results/utcTimestamp.ts'
import type { EndedExecution } from '../loader/runs/execution.ts'

export type RecordEndInput = Pick<EndedExecution, 'outcome' | 'failure'> & {
  readonly runId: string
  readonly execution: string
}

/**
 * Writes down how a run ended that did not come to its report, for when Temporal has forgotten it.
 * Retry: safe because it replaces what it wrote before. A run whose id belongs to another load never began: nothing is written.
 */
export function recordEnd({ runStore }: Dependencies) {
  return async ({ runId, execution, outcome, failure }: RecordEndInput): Promise<void> => {
    const store = runStore(runId)
    const { started, ended } = executionFiles(execution)
    if ((await store.size(started)) === undefined) return
    const end: EndedExecution = {
      outcome,
      finishedAt: utcTimestamp(Date.now()),
      ...(failure === undefined ? {} : { failure }),
    }
    await writeJson(store, ended, end)
  }
}
