import pLimit from 'p-limit'
import type { Dependencies } from '../loader/dependencies.ts'
import { settleChunk as runSettleChunk, type SettleChunkInput } from '../loader/protocol/bulk/settleChunk.ts'
import type { SettledAttempt } from '../loader/protocol/staged.ts'
import { runStep } from './runStep.ts'

/** Chunks matched at a time: matching holds all records of a chunk in memory, and one chunk uses a whole processor. */
const CONCURRENT_MATCHES = 1

/**
 * Reads the results of an ended job and gives every record that was sent its result. The records of a stopped job are settled
 * when Salesforce can no longer process them.
 * Retry: safe because it only reads from the org; results can be read for seven days, and what is written replaces itself.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/get_job_successful_results.htm
 */
export function settleChunk(dependencies: Dependencies) {
  const limit = pLimit(CONCURRENT_MATCHES)
  return (input: SettleChunkInput): Promise<SettledAttempt> =>
    runStep(step => runSettleChunk(dependencies, input, { ...step, inTurn: match => limit(match) }))
}
