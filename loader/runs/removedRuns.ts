import { RunRejectedError } from '../spec/runRejectedError.ts'
// Marks of removed runs, so that nothing is sent again under their ids.
import type { RunStores } from '../storage/runStore.ts'
import { isCallFolder } from './callFolders.ts'

/** A folder beside the runs, with a small document for each one removed. Not a run's name: prepareRun rejects it. */
export const REMOVED_RUNS = 'removed-runs'

const documentOf = (runId: string): string => `${runId}.json`

/** Written before the first file of the run is removed, and left for good. */
export async function markRemoved(stores: RunStores, runId: string, facts: object): Promise<void> {
  await stores.open(REMOVED_RUNS).writeOnce(documentOf(runId), `${JSON.stringify(facts, undefined, 2)}\n`)
}

/** Removes the mark of a run that a workflow has started before any of its files was removed. */
export function unmarkRemoved(stores: RunStores, runId: string): Promise<void> {
  return stores.open(REMOVED_RUNS).remove(documentOf(runId))
}

export async function isMarkedRemoved(stores: RunStores, runId: string): Promise<boolean> {
  return (await stores.open(REMOVED_RUNS).size(documentOf(runId))) !== undefined
}

/** The facts of a removed run, parsed; undefined when it was not removed, null when they can't be read. */
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

/** Throws RunRejectedError for the id of a run that was removed: its files, which showed what was sent, no longer exist. */
export async function rejectRemoved(stores: RunStores, runId: string): Promise<void> {
  const isReserved = runId === REMOVED_RUNS || isCallFolder(runId)
  if (!isReserved && !(await isMarkedRemoved(stores, runId))) return
  throw new RunRejectedError(`Run ${runId}`, [
    isReserved
      ? 'the run store reserves this id; give the load another id'
      : `its files were removed from ${stores.location} after their retention, so it is unknown what was sent; give this load another id`,
  ])
}
