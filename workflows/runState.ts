import type { RunSettings } from '../activities/runSettings.ts'
import type { StagedChunk, StagedSource } from '../loader/protocol/staged.ts'
import { mergeRejections } from '../loader/results/errorCounts.ts'
import type { PaceMark } from '../loader/results/pace.ts'
import { EMPTY_TALLY } from '../loader/results/tally.ts'
import type { ErrorCount, RunReport, Tally } from '../packages/client/contract/runReport.ts'
import type { SyncProgress, SyncStage } from '../packages/client/contract/syncRecords.ts'

/** What happens to a chunk now. */
export type ChunkStep = {
  readonly chunk: StagedChunk
  /** `waits for Salesforce to process job 750…` */
  readonly words: string
  /** Milliseconds since the epoch. */
  readonly since: number
}

export type SentChunks = { readonly tally: Tally; readonly rejections: readonly ErrorCount[]; readonly done: number }

/** What the progress query and the Temporal UI show. Only the workflow changes it, by `advance` and `noteStep` of page/showRun.ts. */
export type RunState = {
  readonly runId: string
  stage: SyncStage
  /** `findsIds` is unknown before the plan. */
  settings: Omit<RunSettings, 'findsIds'> | undefined
  staged: StagedSource | undefined
  sent: SentChunks | undefined
  /** Where the sending of this history began. */
  begin: PaceMark | undefined
  readonly inProgress: Map<number, ChunkStep>
  /** Of a run that has ended or is about to. */
  report: RunReport | undefined
  /** Why the notification was not sent. */
  notNotified: string | undefined
  failure: { readonly outcome: 'cancelled' | 'failed'; readonly message: string } | undefined
}

export function newRunState(runId: string): RunState {
  return {
    runId,
    stage: 'connecting',
    settings: undefined,
    staged: undefined,
    sent: undefined,
    begin: undefined,
    inProgress: new Map(),
    report: undefined,
    notNotified: undefined,
    failure: undefined,
  }
}

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
