import { CancellationScope, CancelledFailure, workflowInfo } from '@temporalio/workflow'
import type { StagedChunk, StagedSource } from '../loader/protocol/staged.ts'
import { type ErrorCount, mergeRejections } from '../loader/results/errorCounts.ts'
import type { RunSettings, SyncRecordsResume } from '../packages/client/contract/messages.ts'
import type { OPERATIONS } from '../packages/client/contract/syncSpec.ts'
import { addTallies, EMPTY_TALLY, type Tally } from '../packages/client/contract/tally.ts'
import { type ChunkRun, loadChunk } from './loadChunk.ts'
import { OneAtATime } from './oneAtATime.ts'
import { progressOf } from './runProgress.ts'
import { advance, noteStep, type RunState } from './runState.ts'

export type ChunksSent = {
  readonly tally: Tally
  readonly rejections: readonly ErrorCount[]
  /** Chunks settled, in sending order. */
  readonly done: number
  /** Chunks for the next history; 0 when the run is through. */
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
 * Sends the chunks, several at a time, and stops taking new ones when Temporal suggests a new history.
 * Throws the first failure of a chunk, after the chunks under way have ended, and CancelledFailure when chunks are left.
 */
export async function sendChunks({ runId, settings, staged, state, resume }: SendChunksInput): Promise<ChunksSent> {
  const run: ChunkRun = {
    ...{ runId, settings, engine: staged.engine, chunks: staged.chunks.length, resending: new OneAtATime() },
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
    await inLanes(waiting, settings.concurrency, async chunk => {
      const loaded = await loadChunk(chunk, run)
      // Only now: other lanes add to the tally meanwhile.
      tally = addTallies(tally, loaded.tally)
      rejections = mergeRejections(rejections, loaded.rejections)
      done += 1
      state.underWay.delete(chunk.chunk)
      advance(state, { sent: { tally, rejections, done } })
    })
    if (done < before) break
  }
  const chunksLeft = staged.chunks.length - done
  // The next history would not know of it.
  if (chunksLeft > 0 && CancellationScope.current().consideredCancelled) {
    throw new CancelledFailure('The run was cancelled')
  }
  return { tally, rejections, done, chunksLeft }
}

/**
 * Updates first, then upserts, then creates, each after the one before has ended: so that a key is looked up in the org as it
 * was before this run created anything.
 */
function phasesOf(chunks: readonly StagedChunk[]): readonly (readonly StagedChunk[])[] {
  const order = ['update', 'upsert', 'create'] as const satisfies readonly (typeof OPERATIONS)[number][]
  return order.map(operation => chunks.filter(chunk => chunk.operation === operation))
}

async function inLanes(
  chunks: readonly StagedChunk[],
  lanes: number,
  load: (chunk: StagedChunk) => Promise<void>,
): Promise<void> {
  let next = 0
  let failed = false
  const lane = async (): Promise<void> => {
    while (!failed && !workflowInfo().continueAsNewSuggested) {
      const chunk = chunks[next]
      if (chunk === undefined) return
      next += 1
      try {
        await load(chunk)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: Math.min(lanes, chunks.length) }, lane))
  const failure = ended.find(end => end.status === 'rejected')
  if (failure !== undefined) throw failure.reason
}
