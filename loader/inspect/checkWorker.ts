import type { WorkerCheck } from '../../packages/client/contract/maintenance.ts'
import type { Dependencies } from '../step.ts'
import { freeSpace, tryRunStores } from '../storage/tryRunStores.ts'

/**
 * Tests the run store of this worker and returns its facts.
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
