import type { SearchAttribute } from '../packages/client/contract/searchAttributes.ts'
import type { ActivityDependencies } from './dependencies.ts'

/**
 * Lists the search attributes that a run may set. A workflow that sets an unregistered attribute makes no progress.
 * Retry: safe because it only reads.
 */
export function listSearchAttributes({ searchAttributes }: ActivityDependencies) {
  return async (): Promise<readonly SearchAttribute[]> => searchAttributes()
}
