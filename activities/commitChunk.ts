import type { Dependencies } from '../loader/dependencies.ts'
import type { ChunkAttempt } from '../loader/protocol/chunkAttempt.ts'
import { chooseJob } from '../loader/protocol/committedJob.ts'
import { readPlan } from '../loader/protocol/runRecords.ts'
import { OutcomeUnknownError, RequestRejectedError } from '../loader/salesforce/errors.ts'
import type { SalesforceConnection } from '../loader/salesforce/salesforceConnection.ts'
import { whileBeating } from './heartbeat.ts'
import type { IngestJobReference } from './uploadChunk.ts'

export type CommitChunkInput = ChunkAttempt & IngestJobReference

/**
 * Sets the job to UploadComplete: the one point from which on Salesforce processes the chunk.
 * Retry: safe because the job's id lies in the run store before, so every later attempt, also of a workflow that was reset or
 * started again under the same run id, closes this same job; closing a closed job changes nothing. After a lost answer the
 * job's state says whether it was closed.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/close_job.htm
 */
export function commitChunk({ connection, runStore }: Dependencies) {
  return async (input: CommitChunkInput): Promise<IngestJobReference> => {
    const store = runStore(input.runId)
    const { spec } = await readPlan(store)
    const salesforce = connection(spec.connection)
    return whileBeating({ jobId: input.jobId }, async () => {
      const jobId = await chooseJob(store, input, input.jobId)
      if (jobId !== input.jobId) await salesforce.abortIngestJob(input.jobId).catch(() => undefined)
      await close(salesforce, jobId)
      return { jobId }
    })
  }
}

/** What an answer leaves open, the job's state tells. */
async function close(salesforce: SalesforceConnection, jobId: string): Promise<void> {
  try {
    await salesforce.closeIngestJob(jobId)
  } catch (error) {
    if (!(error instanceof OutcomeUnknownError || error instanceof RequestRejectedError)) throw error
    const { state } = await salesforce.ingestJob(jobId)
    if (state === 'Open') throw error
  }
}
