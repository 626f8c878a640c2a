import { setCurrentDetails } from '@temporalio/workflow'
import type { StagedChunk } from '../../loader/protocol/staged.ts'
import type { RunState } from '../runState.ts'
import { runDetails } from './runDetails.ts'

/** Changes the state of the run and its page in the Temporal UI. */
export function advance(state: RunState, change: Partial<Omit<RunState, 'runId' | 'inProgress'>>): void {
  Object.assign(state, change)
  setCurrentDetails(runDetails(state, Date.now()))
}

/** @param words what happens to the chunk from now on */
export function noteStep(state: RunState, chunk: StagedChunk, words: string): void {
  state.inProgress.set(chunk.chunk, { chunk, words, since: Date.now() })
  advance(state, {})
}
