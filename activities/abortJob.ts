import type { Dependencies } from '../loader/dependencies.ts'
import { abortJob as runAbortJob } from '../loader/protocol/bulk/abortJob.ts'
import type { IngestJobReference } from '../loader/protocol/bulk/uploadChunk.ts'
import type { ChunkAttempt } from '../loader/protocol/layout.ts'
import { runStep } from './runStep.ts'

/**
 * Asks Salesforce to abort a job. What it has processed stays; an ended job stays as it is.
 * Retry: safe because aborting a job again changes nothing.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/close_job.htm
 */
export function abortJob(dependencies: Dependencies) {
  return (input: ChunkAttempt & IngestJobReference): Promise<void> =>
    runStep(step => runAbortJob(dependencies, input, step))
}
