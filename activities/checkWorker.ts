import type { Dependencies } from '../loader/dependencies.ts'
import { freeSpace, tryRunStores } from '../loader/storage/tryRunStores.ts'
import type { WorkerCheck } from '../packages/client/contract/messages.ts'

/**
 * Says what this worker works with, and tries its run store.
 * Retry: safe because each attempt tries with a name of its own, and leaves nothing behind.
 */
export function checkWorker({ runStores }: Dependencies) {
  return async (): Promise<WorkerCheck> => {
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
}
