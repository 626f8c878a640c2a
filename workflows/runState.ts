import { setCurrentDetails } from '@temporalio/workflow'
import type { StagedChunk, StagedSource } from '../loader/protocol/staged.ts'
import type { ErrorCount } from '../loader/results/errorCounts.ts'
import type { PaceMark } from '../loader/results/pace.ts'
import type { RunSettings, SyncStage } from '../packages/client/contract/messages.ts'
import type { RunReport } from '../packages/client/contract/runReport.ts'
import type { Tally } from '../packages/client/contract/tally.ts'
import { runDetails } from './page/runDetails.ts'

/** What is being done with a chunk. */
type ChunkStep = {
  readonly chunk: StagedChunk
  /** `Salesforce is at work on job 750…` */
  readonly words: string
  /** Milliseconds since the epoch. */
  readonly since: number
}

type SentChunks = { readonly tally: Tally; readonly rejections: readonly ErrorCount[]; readonly done: number }

/** What the progress query and Temporal's UI show. The workflow alone changes it, by `advance` and `noteStep`. */
export type RunState = {
  readonly runId: string
  stage: SyncStage
  /** `findsIds` is not known from the start. */
  settings: Omit<RunSettings, 'findsIds'> | undefined
  staged: StagedSource | undefined
  sent: SentChunks | undefined
  /** Where the sending of this history began. */
  begin: PaceMark | undefined
  readonly underWay: Map<number, ChunkStep>
  /** Of a run that has ended, or was about to. */
  report: RunReport | undefined
  /** Why nobody could be told of the end. */
  untold: string | undefined
  failure: { readonly outcome: 'cancelled' | 'failed'; readonly message: string } | undefined
}

export function newRunState(runId: string): RunState {
  return {
    ...{ runId, stage: 'connecting', settings: undefined, staged: undefined, sent: undefined, begin: undefined },
    ...{ underWay: new Map(), report: undefined, failure: undefined, untold: undefined },
  }
}

/** Changes the state, and what Temporal's UI shows of it. */
export function advance(state: RunState, change: Partial<Omit<RunState, 'runId' | 'underWay'>>): void {
  Object.assign(state, change)
  setCurrentDetails(runDetails(state, Date.now()))
}

/** @param words what is done with the chunk from now on */
export function noteStep(state: RunState, chunk: StagedChunk, words: string): void {
  state.underWay.set(chunk.chunk, { chunk, words, since: Date.now() })
  advance(state, {})
}
