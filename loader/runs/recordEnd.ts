import { executionFiles } from '../protocol/layout.ts'
import { writeJson } from '../protocol/runRecords.ts'
import { utcTimestamp } from '../results/resultsCsv.ts'
import type { Dependencies } from '../step.ts'
import type { EndedExecution } from './runDocuments.ts'

export type RecordEndInput = Pick<EndedExecution, 'outcome' | 'failure'> & {
  readonly runId: string
  readonly execution: string
}

/** Stores how a run without a report ended, for the time after Temporal's retention. */
export async function recordEnd(
  { runStore }: Pick<Dependencies, 'runStore'>,
  { runId, execution, outcome, failure }: RecordEndInput,
): Promise<void> {
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
