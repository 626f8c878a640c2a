import type { Dependencies } from '../loader/dependencies.ts'
import { uploadChunk as runUploadChunk, type UploadedChunk } from '../loader/protocol/bulk/uploadChunk.ts'
import type { OperationAttempt } from '../loader/protocol/settleAttempt.ts'
import { runStep } from './runStep.ts'

/**
 * Opens an ingest job and uploads the chunk. Salesforce processes nothing before commitChunk.
 * Retry: safe because a job that is not set to UploadComplete is never processed. After any error the job is aborted and a retry
 * opens another. A chunk that an earlier execution of the run committed or settled is not uploaded again.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/upload_job_data.htm
 */
export function uploadChunk(dependencies: Dependencies) {
  return (input: OperationAttempt): Promise<UploadedChunk> => runStep(step => runUploadChunk(dependencies, input, step))
}
