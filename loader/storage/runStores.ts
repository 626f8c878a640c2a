import type { RunStore } from './runStore.ts'

/** All runs of a run store: what lists and removes them works on any kind of store. */
export type RunStores = {
  /** Where a person finds the runs: a path or a URI. */
  readonly location: string
  /** The run store of one run. Nothing is created before the first write. Throws RunIdError when the id can't name a directory. */
  open(runId: string): RunStore
  /**
   * Ids of all runs that were ever written to, in the order of their bytes, read page by page as they are gone through.
   * Throws RunStoreError when the store can't be read.
   */
  runIds(): AsyncIterable<string>
  /**
   * Removes all files of a run, what was left behind unfinished included. Not atomic: when it fails half-way, ask again.
   * Does not mind when there is no such run. Throws RunIdError or RunStoreError.
   */
  removeRun(runId: string): Promise<void>
}
