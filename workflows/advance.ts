import { setCurrentDetails } from '@temporalio/workflow'
import type { StagedChunk } from '../loader/protocol/staged.ts'
import { runDetails } from './page/runDetails.ts'
import type { RunState } from './runState.ts'

/** Changes the state and updates what Temporal's UI shows of it. */
export function advance(state: RunState, change: Partial<Omit<RunState, 'runId' | 'inProgress'>>): void {
  Object.assign(state, change)
  setCurrentDetails(runDetails(state, Date.now()))
}

/** @param words the current step of the chunk, as text */
export function noteStep(state: RunState, chunk: StagedChunk, words: string): void {
  state.inProgress.set(chunk.chunk, { chunk, words, since: Date.now() })
  advance(state, {})
}
