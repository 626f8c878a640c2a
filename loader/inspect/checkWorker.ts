import type { WorkerCheck } from '../../packages/client/contract/messages.ts'
import type { Dependencies } from '../dependencies.ts'
import { freeSpace, tryRunStores } from '../storage/tryRunStores.ts'

/**
 * Tests the run store of this worker and returns its facts.
 */
export async function checkWorker({ runStores }: Pick<Dependencies, 'runStores'>): Promise<WorkerCheck> {
  const fault = await tryRunStores(runStores).catch((error: Error) => error.message)
  const free = await freeSpace(runStores)
  return {
    runStore: {
      location: runStores.location,
      ...(free === undefined ? {} : { free }),
      ...(fault === undefined ? {} : { fault }),
    },
    now: Date.now(),
  }
}
