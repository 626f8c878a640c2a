import type { Operation } from '../../packages/client/contract/operations.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { searchedOperations } from '../plan/syncPlan.ts'
import { executionFiles } from '../protocol/layout.ts'
import { readJsonIfThere, readMatched, readPlan, readStaged } from '../protocol/runRecords.ts'
import { type StagedSource, withoutUnmatched } from '../protocol/staged.ts'
import { RunRejectedError } from '../spec/runRejectedError.ts'
import type { Dependencies } from '../step.ts'
import type { StartedExecution } from './runDocuments.ts'

export type ContinueRunInput = {
  readonly runId: string
  /** Id of the workflow's first execution. */
  readonly execution: string
}

/** What a run knew before its workflow continued in a new history. */
export type ContinuedRun = {
  readonly spec: SyncSpec
  readonly location: string
  readonly sync?: string
  readonly inlineResults: boolean
  readonly searched: readonly Operation[]
  readonly organizationId?: string
  readonly staged: StagedSource
}

/**
 * Reads from the run store what a workflow continues with in a new history. Any caller may claim to continue a run.
 * Throws RunRejectedError unless the workflow's first execution has prepared the run and staged its source.
 */
export async function continueRun(
  { runStore }: Pick<Dependencies, 'runStore'>,
  { runId, execution }: ContinueRunInput,
): Promise<ContinuedRun> {
  const store = runStore(runId)
  const started = await readJsonIfThere<StartedExecution>(store, executionFiles(execution).started)
  const staged = started === undefined ? undefined : await readStaged(store)
  if (started === undefined || staged === undefined) {
    throw new RunRejectedError(`Run ${runId}`, [
      'this workflow has not begun it, so it cannot continue it; nothing was sent. Start the run without resume, which only the workflow itself sets',
    ])
  }
  const run = await readPlan(store)
  const { records, rejected, rejections, engine, chunks, known } = staged
  const left: StagedSource = { records, rejected, rejections, engine, chunks, ...present({ known }) }
  const matched = await readMatched(store)
  return {
    spec: run.spec,
    location: store.location,
    ...(started.sync === undefined ? {} : { sync: started.sync }),
    inlineResults: started.inlineResults ?? false,
    searched: searchedOperations(run.plan),
    ...(run.organizationId === undefined ? {} : { organizationId: run.organizationId }),
    staged: matched === undefined ? left : withoutUnmatched(left, matched),
  }
}
