import { CancellationScope, CancelledFailure, workflowInfo } from '@temporalio/workflow'
import type { RunSettings } from '../activities/runSettings.ts'
import type { StagedChunk, StagedSource } from '../loader/protocol/staged.ts'
import { mergeRejections } from '../loader/results/errorCounts.ts'
import { addTallies, EMPTY_TALLY } from '../loader/results/tally.ts'
import type { ErrorCount, Tally } from '../packages/client/contract/runReport.ts'
import type { OPERATIONS } from '../packages/client/contract/syncSpec.ts'
import { forEachConcurrently, Mutex } from './concurrency.ts'
import { type ChunkRun, loadChunk } from './loadChunk.ts'
import { advance, noteStep } from './page/showRun.ts'
import type { SyncRecordsResume } from './resumedRun.ts'
import { progressOf, type RunState } from './runState.ts'

export type ChunksSent = {
  readonly tally: Tally
  readonly rejections: readonly ErrorCount[]
  /** Chunks settled, in sending order. */
  readonly done: number
  /** Chunks for the next history; 0 when all were sent. */
  readonly chunksLeft: number
}

type SendChunksInput = {
  readonly runId: string
  readonly settings: RunSettings
  readonly staged: StagedSource
  readonly state: RunState
  readonly resume: SyncRecordsResume | undefined
}

/**
 * Sends the chunks, several at a time, and starts no new one when Temporal suggests a new history.
 * Throws the first failure of a chunk, after the chunks in progress have ended, and CancelledFailure when chunks are left.
 */
export async function sendChunks({ runId, settings, staged, state, resume }: SendChunksInput): Promise<ChunksSent> {
  const run: ChunkRun = {
    runId,
    settings,
    engine: staged.engine,
    chunks: staged.chunks.length,
    resending: new Mutex(),
    note: (chunk, words) => noteStep(state, chunk, words),
  }
  const phases = phasesOf(staged.chunks)
  let tally = resume?.tally ?? EMPTY_TALLY
  let rejections = resume?.rejections ?? []
  let done = resume?.done ?? 0
  let before = 0
  advance(state, { sent: { tally, rejections, done } })
  advance(state, { begin: { at: Date.now(), settled: progressOf(state).settled } })
  for (const phase of phases) {
    const waiting = phase.slice(Math.max(0, done - before))
    before += phase.length
    await forEachConcurrently(waiting, settings.concurrency, isHistoryLong, async chunk => {
      const loaded = await loadChunk(chunk, run)
      // Only now, because other chunks change the tally meanwhile.
      tally = addTallies(tally, loaded.tally)
      rejections = mergeRejections(rejections, loaded.rejections)
      done += 1
      state.inProgress.delete(chunk.chunk)
      advance(state, { sent: { tally, rejections, done } })
    })
    if (done < before) break
  }
  const chunksLeft = staged.chunks.length - done
  // The next history would not know about the cancellation.
  if (chunksLeft > 0 && CancellationScope.current().consideredCancelled) {
    throw new CancelledFailure('The run was cancelled')
  }
  return { tally, rejections, done, chunksLeft }
}

/**
 * Updates first, then upserts, then creates, each after the one before has ended. So keys are looked up in the org as it was
 * before this run created anything.
 */
function phasesOf(chunks: readonly StagedChunk[]): readonly (readonly StagedChunk[])[] {
  const order = ['update', 'upsert', 'create'] as const satisfies readonly (typeof OPERATIONS)[number][]
  return order.map(operation => chunks.filter(chunk => chunk.operation === operation))
}

const isHistoryLong = (): boolean => workflowInfo().continueAsNewSuggested
