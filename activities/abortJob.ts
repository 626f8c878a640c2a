import type { Dependencies } from '../loader/dependencies.ts'
import type { ChunkAttempt } from '../loader/protocol/chunkAttempt.ts'
import { committedJob } from '../loader/protocol/committedJob.ts'
import { readPlan } from '../loader/protocol/runRecords.ts'
import { noteStopped } from '../loader/protocol/stoppedJob.ts'
import { RequestRejectedError } from '../loader/salesforce/errors.ts'
import { whileBeating } from './heartbeat.ts'
import type { IngestJobReference } from './uploadChunk.ts'

/**
 * Asks Salesforce to stop a job; what it has processed stays. A job that has ended stays as it is.
 * Retry: safe because aborting twice is aborting once.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/close_job.htm
 */
export function abortJob({ connection, runStore }: Dependencies) {
  return async (input: ChunkAttempt & IngestJobReference): Promise<void> => {
    const store = runStore(input.runId)
    const { spec } = await readPlan(store)
    try {
      await whileBeating(input, () => connection(spec.connection).abortIngestJob(input.jobId))
    } catch (error) {
      if (!(error instanceof RequestRejectedError && error.errorCode === 'INVALIDJOBSTATE')) throw error
      return
    }
    // Counted from after the org has heard of it: a later moment only makes the wait longer.
    if ((await committedJob(store, input)) === input.jobId) await noteStopped(store, input, 'run')
  }
}
