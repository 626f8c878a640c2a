import { RUN_OUTCOMES } from '../../packages/client/contract/operations.ts'

/**
 * `planned`: what it would do is known, and nothing was sent. `unfinished`: it has started and has no end: it is running, or its workflow was terminated. `foreign`: a directory that no run
 * has written. `damaged`: a run whose documents can't be read. `removing`: its files are being removed.
 */
export const STORED_RUN_STATES = [...RUN_OUTCOMES, 'planned', 'unfinished', 'foreign', 'damaged', 'removing'] as const
export type StoredRunState = (typeof STORED_RUN_STATES)[number]
