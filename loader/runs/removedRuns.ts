// What is kept of runs that were removed: that they were, so that nothing is sent again under their ids.
import type { RunStores } from '../storage/runStore.ts'

/** A folder beside the runs, with a small document for each one removed. Not a run's name: prepareRun rejects it. */
export const REMOVED_RUNS = 'removed-runs'

const documentOf = (runId: string): string => `${runId}.json`

/** Written before the first file of the run is removed, and left for good. */
export async function markRemoved(stores: RunStores, runId: string, facts: object): Promise<void> {
  await stores.open(REMOVED_RUNS).writeOnce(documentOf(runId), `${JSON.stringify(facts, undefined, 2)}\n`)
}

/** For a run that turns out to be at work before any of its files is removed. */
export function unmarkRemoved(stores: RunStores, runId: string): Promise<void> {
  return stores.open(REMOVED_RUNS).remove(documentOf(runId))
}

export async function isMarkedRemoved(stores: RunStores, runId: string): Promise<boolean> {
  return (await stores.open(REMOVED_RUNS).size(documentOf(runId))) !== undefined
}

/** What was written down when the run was removed, parsed; undefined when it was not. Null when it can't be read. */
export async function removalOf(stores: RunStores, runId: string): Promise<unknown> {
  const text = await stores.open(REMOVED_RUNS).readText(documentOf(runId))
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Ids of all runs ever removed, or being removed. */
export async function removedRunIds(stores: RunStores): Promise<ReadonlySet<string>> {
  const names = await stores.open(REMOVED_RUNS).list('')
  return new Set(names.map(name => name.slice(0, -documentOf('').length)))
}
