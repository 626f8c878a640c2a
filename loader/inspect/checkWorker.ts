import type { WorkerCheck } from '../../packages/client/contract/maintenance.ts'
import type { Dependencies } from '../dependencies.ts'
import { freeSpace, tryRunStores } from '../storage/tryRunStores.ts'

/**
 * Says what this worker works with, and tries its run store.
 */
export async function checkWorker({ runStores }: Pick<Dependencies, 'runStores'>): Promise<WorkerCheck> {
  const problem = await tryRunStores(runStores).catch((error: Error) => error.message)
  const free = await freeSpace(runStores)
  return {
    runStore: {
      location: runStores.location,
      ...(free === undefined ? {} : { free }),
      ...(problem === undefined ? {} : { error: problem }),
    },
    now: Date.now(),
  }
}
