import { type ErrorCount, mergeRefusals } from '../loader/results/errorCounts.ts'
import { EMPTY_TALLY } from '../packages/client/contract/tally.ts'
import type { SyncProgress } from '../packages/client/contract/messages.ts'
import type { RunState } from './runState.ts'

/** Why records were refused so far, before sending and after. */
export function refusalsSoFar({ staged, sent }: Pick<RunState, 'staged' | 'sent'>): readonly ErrorCount[] {
  return mergeRefusals(staged?.refusals ?? [], sent?.refusals ?? [])
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
