import type { Dependencies } from '../loader/dependencies.ts'
import { sendChunk as runSendChunk } from '../loader/protocol/collections/sendChunk.ts'
import type { OperationAttempt } from '../loader/protocol/settleAttempt.ts'
import type { SettledAttempt } from '../loader/protocol/staged.ts'
import { runStep } from './runStep.ts'

/**
 * Sends a chunk as a series of collection requests and settles every record of it.
 * Retry: safe because each answer is stored in the run store before the next request is sent, so an answered request is never
 * sent again. A request whose answer was lost is repeated only where that changes nothing (update by Id, upsert by External ID);
 * for a create the org is searched for the records first.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections.htm
 */
export function sendChunk(dependencies: Dependencies) {
  return (input: OperationAttempt): Promise<SettledAttempt> => runStep(step => runSendChunk(dependencies, input, step))
}
