import { type ErrorCount, mergeRejections } from '../loader/results/errorCounts.ts'
import type { SyncProgress } from '../packages/client/contract/messages.ts'
import { EMPTY_TALLY } from '../packages/client/contract/tally.ts'
import type { RunState } from './runState.ts'

/** Why records were rejected so far, before sending and after. */
export function rejectionsSoFar({ staged, sent }: Pick<RunState, 'staged' | 'sent'>): readonly ErrorCount[] {
  return mergeRejections(staged?.rejections ?? [], sent?.rejections ?? [])
}

export function progressOf({ runId, stage, staged, sent }: RunState): SyncProgress {
  const { created, updated, failed, inDoubt } = sent?.tally ?? EMPTY_TALLY
  const rejected = staged?.rejected ?? 0
  return {
    runId,
    stage,
    records: staged?.records ?? 0,
    settled: rejected + created + updated + failed + inDoubt,
    created,
    updated,
    failed: rejected + failed,
    inDoubt,
    chunks: staged?.chunks.length ?? 0,
    chunksDone: sent?.done ?? 0,
  }
}
