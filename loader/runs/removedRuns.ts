// Marks of removed runs, so that nothing is sent again under their ids.
import { RunRejectedError } from '../spec/runRejectedError.ts'
import type { RunStores } from '../storage/runStore.ts'

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

/** Whether a folder of the run store belongs to no run. Some file systems ignore the case of letters. */
export const isReserved = (runId: string): boolean => runId.toLowerCase() === REMOVED_RUNS || isCallFolder(runId)

/** Throws RunRejectedError for the id of a run that was removed: its files, which showed what was sent, no longer exist. */
export async function rejectRemoved(stores: RunStores, runId: string): Promise<void> {
  const reserved = isReserved(runId)
  if (!reserved && !(await isMarkedRemoved(stores, runId))) return
  throw new RunRejectedError(`Run ${runId}`, [
    reserved
      ? 'the run store reserves this id; give the load another id'
      : `its files were removed from ${stores.location}, so it is unknown what was sent; give this load another id`,
  ])
}

// Folders beside the runs in which receivers record which run a call belongs to: one for each sync and week.

/** Days a call is remembered at least; twice as many at most. */
const CALLS_REMEMBERED = 7

const LENGTH = CALLS_REMEMBERED * 24 * 3_600_000
const FOLDER = /\.calls-(\d{4}-\d\d-\d\d)$/i

/** The folder of calls made now, and the one before: older calls are forgotten. @param now epoch milliseconds */
export function callFolders(sync: string, now: number): { readonly earlier: string; readonly current: string } {
  const start = Math.floor(now / LENGTH) * LENGTH
  const name = (time: number) => `${sync}.calls-${new Date(time).toISOString().slice(0, 10)}`
  return { earlier: name(start - LENGTH), current: name(start) }
}

/** Whether a folder of the run store is one of these and not a run. */
export function isCallFolder(name: string): boolean {
  return FOLDER.test(name)
}

/** Whether no call can be found in the folder any more. */
export function isForgotten(name: string, now: number): boolean {
  const [, day] = FOLDER.exec(name) ?? []
  return day !== undefined && Date.parse(day) + 2 * LENGTH <= now
}
