import { CancellationScope, CancelledFailure, condition, workflowInfo } from '@temporalio/workflow'
import type { RunSettings } from '../activities/runSettings.ts'
import type { StagedSource } from '../loader/protocol/staged.ts'
import { mergeRejections } from '../loader/results/errorCounts.ts'
import { addTallies, EMPTY_TALLY } from '../loader/results/tally.ts'
import { advance, noteStep } from './advance.ts'
import { forEachConcurrently, Lanes, Mutex } from './concurrency.ts'
import { FilledWaves } from './filledWaves.ts'
import { type ChunkRun, loadChunk } from './loadChunk.ts'
import type { Sending } from './page/summaries.ts'
import { phasesOf } from './phases.ts'
import { UNTIL_RESUMED, whileNotPaused } from './runControl.ts'
import type { RunLeases } from './runLeases.ts'
import { progressOf, type RunState, type SentChunks, type SyncRecordsResume } from './runState.ts'

export type ChunksSent = SentChunks & {
  /** Chunks for the next history; 0 when all are sent. */
  readonly chunksLeft: number
}

type SendChunksInput = {
  readonly settings: RunSettings
  readonly staged: StagedSource
  readonly state: RunState
  readonly leases: RunLeases
  readonly resume: SyncRecordsResume | undefined
}

/**
 * Sends the chunks, several at a time, and stops taking new ones when Temporal suggests a new history.
 * Throws the first failure of a chunk, after the chunks in progress have ended, and CancelledFailure when chunks are left.
 */
export async function sendChunks({ settings, staged, state, leases, resume }: SendChunksInput): Promise<ChunksSent> {
  const run: ChunkRun = {
    runId: state.runId,
    settings,
    engine: staged.engine,
    chunks: staged.chunks.length,
    resending: new Mutex(),
    lease: (sending, of) => {
      const note = (words: string) => noteStep(state, sending.chunk, words)
      return leases.take(settings, { what: nameOf(sending), of, note })
    },
    giveBack: sending => leases.giveBack(settings, { what: nameOf(sending) }),
    released: chunk => whileNotPaused(state, () => noteStep(state, chunk, UNTIL_RESUMED)),
    note: (chunk, words) => noteStep(state, chunk, words),
  }
  const phases = phasesOf(staged.chunks)
  const lanes = new Lanes()
  const waves = new FilledWaves(state, staged.chunks)
  let tally = resume?.tally ?? EMPTY_TALLY
  let rejections = resume?.rejections ?? []
  let done = resume?.done ?? 0
  let before = 0
  advance(state, { sent: { tally, rejections, done } })
  advance(state, { begin: { at: Date.now(), settled: progressOf(state).settled } })
  for (const phase of phases) {
    const waiting = phase.slice(Math.max(0, done - before))
    before += phase.length
    await waves.fill(waiting)
    await forEachConcurrently(
      waiting,
      settings.concurrency,
      async chunk => {
        const ready = waves.ready(chunk)
        const loaded = await lanes.run(chunk.lane, () => loadChunk(ready.chunk, run))
        // Added only now: other chunks change the tally in the meantime.
        tally = addTallies(tally, addTallies(ready.tally, loaded.tally))
        rejections = mergeRejections(rejections, mergeRejections(ready.rejections, loaded.rejections))
        done += 1
        state.inProgress.delete(chunk.chunk)
        advance(state, { sent: { tally, rejections, done } })
      },
      () => mayStart(state),
    )
    if (done < before) break
  }
  const chunksLeft = staged.chunks.length - done
  // The next history would not know of the cancellation.
  if (chunksLeft > 0 && CancellationScope.current().consideredCancelled) {
    throw new CancelledFailure('The run was cancelled')
  }
  return { tally, rejections, done, chunksLeft }
}

const nameOf = ({ chunk, attempt }: Sending): string => `chunk ${chunk.chunk}, attempt ${attempt}`

/** Waits while the run is paused. False when Temporal suggests a new history, in which a paused run stays paused. */
async function mayStart(state: RunState): Promise<boolean> {
  const isLong = () => workflowInfo().continueAsNewSuggested
  if (state.paused !== undefined) await condition(() => state.paused === undefined || isLong())
  return !isLong()
}
