import type { Dependencies } from '../loader/dependencies.ts'
import { type CommitChunkInput, commitChunk as runCommitChunk } from '../loader/protocol/bulk/commitChunk.ts'
import type { IngestJobReference } from '../loader/protocol/bulk/uploadChunk.ts'
import { runStep } from './runStep.ts'

/**
 * Sets the job to UploadComplete, the only point from which Salesforce processes the chunk.
 * Retry: safe because the job's id is stored in the run store first. So every later attempt, also of a workflow that was reset or
 * started again under the same run id, closes this same job, and closing a closed job changes nothing. After a lost answer the
 * state of the job shows whether it was closed.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/close_job.htm
 */
export function commitChunk(dependencies: Dependencies) {
  return (input: CommitChunkInput): Promise<IngestJobReference> =>
    runStep(step => runCommitChunk(dependencies, input, step))
}
