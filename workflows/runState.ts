import { setCurrentDetails } from '@temporalio/workflow'
import { EMPTY_TALLY, type Tally } from '../sync/tally.ts'
import type { SyncProgress, SyncStage } from './contract.ts'
import { progressDetails } from './progressDetails.ts'
import type { StagedSource } from './staged.ts'

/** What the progress query reads. The workflow alone changes it, by `advance`. */
export type RunState = {
  readonly runId: string
  stage: SyncStage
  staged: StagedSource | undefined
  sent: { readonly tally: Tally; readonly done: number } | undefined
}

/** Changes the state, and what Temporal's UI shows of it. */
export function advance(state: RunState, change: Partial<Omit<RunState, 'runId'>>): void {
  Object.assign(state, change)
  setCurrentDetails(progressDetails(progressOf(state)))
}

export function progressOf({ runId, stage, staged, sent }: RunState): SyncProgress {
  const { created, updated, failed, inDoubt } = sent?.tally ?? EMPTY_TALLY
  const refused = staged?.refused ?? 0
  return {
    runId,
    stage,
    records: staged?.records ?? 0,
    settled: refused + created + updated + failed + inDoubt,
    created,
    updated,
    failed: refused + failed,
    inDoubt,
    chunks: staged?.chunks.length ?? 0,
    chunksDone: sent?.done ?? 0,
  }
}
