import { log, setCurrentDetails } from '@temporalio/workflow'
import type { StagedChunk } from '../loader/protocol/staged.ts'
import { runDetails } from './page/runDetails.ts'
import type { RunState } from './runState.ts'

/** Changes the state and updates what Temporal's UI shows of it. */
export function advance(
  state: RunState,
  change: Partial<Omit<RunState, 'runId' | 'startedAt' | 'plans' | 'appliesPlan' | 'flow' | 'inProgress'>>,
): void {
  Object.assign(state, change)
  setCurrentDetails(pageOf(state))
}

/** The page only shows the run: an error while it is drawn must not stop a run whose records are sent. */
function pageOf(state: RunState): string {
  try {
    return runDetails(state, Date.now())
  } catch (error) {
    const reason = String(error)
    log.warn('The page of a run could not be drawn', { run: state.runId, reason })
    return `This page could not be drawn (${reason}); the run is not affected. Please report this as a bug in Salesforce Link.`
  }
}

/** Begins a step of the run as a whole. @param what the step, as `logs in to connection production` */
export function beginStep(
  state: RunState,
  what: string,
  change: Partial<Pick<RunState, 'settings' | 'staged' | 'stage'>> = {},
): void {
  advance(state, { ...change, step: { what, since: Date.now() } })
}

/** @param words the current step of the chunk, as text */
export function noteStep(state: RunState, chunk: StagedChunk, words: string): void {
  state.inProgress.set(chunk.chunk, { chunk, words, since: Date.now() })
  advance(state, {})
}
