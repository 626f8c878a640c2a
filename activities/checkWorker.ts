import type { Dependencies } from '../loader/dependencies.ts'
import { checkWorker as runCheckWorker } from '../loader/inspect/checkWorker.ts'
import type { WorkerCheck } from '../packages/client/contract/maintenance.ts'

/**
 * Reports what this worker uses, and tests its run store.
 * Retry: safe because each attempt uses its own file name and removes the file.
 */
export function checkWorker(dependencies: Dependencies) {
  return (): Promise<WorkerCheck> => runCheckWorker(dependencies)
}
