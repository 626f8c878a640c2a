import type { Dependencies } from '../loader/dependencies.ts'
import { checkSync as runCheckSync } from '../loader/inspect/checkSync.ts'
import type { CheckSyncInput, SyncCheck } from '../packages/client/contract/maintenance.ts'

/**
 * Validates a sync of the configuration against its org, as a run does before it reads its source; nothing is written.
 * Retry: safe because it only reads.
 */
export function checkSync(dependencies: Dependencies) {
  return (input: CheckSyncInput): Promise<SyncCheck> => runCheckSync(dependencies, input)
}
