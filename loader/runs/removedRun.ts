import { isCallFolder } from '../calls/callFolders.ts'
import { isMarkedRemoved, REMOVED_RUNS } from './removedRuns.ts'
import type { RunStores } from '../storage/runStore.ts'
import { RunRejectedError } from '../spec/runRejectedError.ts'

/** Throws RunRejectedError for the id of a run that was removed: nothing is left that says what was sent. */
export async function rejectRemoved(stores: RunStores, runId: string): Promise<void> {
  const isReserved = runId === REMOVED_RUNS || isCallFolder(runId)
  if (!isReserved && !(await isMarkedRemoved(stores, runId))) return
  throw new RunRejectedError(`Run ${runId}`, [
    isReserved
      ? 'the run store keeps this id for itself; give the load another one'
      : `its files were removed from ${stores.location} when their time had passed, so it can't be known what was sent; give this load an id of its own`,
  ])
}
