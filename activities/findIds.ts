import type { Dependencies } from '../loader/dependencies.ts'
import { type FindIdsInput, findIds as runFindIds } from '../loader/protocol/stage/findIds.ts'
import type { FoundIds } from '../loader/protocol/staged.ts'
import { runStep } from './runStep.ts'

/**
 * Finds the records that a chunk updates by their key field, and writes the chunk as it will be sent, with their Ids.
 * Retry: safe because it only reads from the org; a chunk that was written stays as it is, whatever the org contains later.
 */
export function findIds(dependencies: Dependencies) {
  return (input: FindIdsInput): Promise<FoundIds> => runStep(step => runFindIds(dependencies, input, step))
}
