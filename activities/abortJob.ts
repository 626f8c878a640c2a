import { RequestRefusedError } from '../salesforce/errors.ts'
import type { AwaitJobInput } from './awaitJob.ts'
import type { Dependencies } from './dependencies.ts'
import { readPlan } from './runRecords.ts'

/**
 * Asks Salesforce to stop a job; what it has processed stays. A job that has ended stays as it is.
 * Retry: safe because aborting twice is aborting once.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/close_job.htm
 */
export function abortJob({ connection, runStore }: Dependencies) {
  return async (input: AwaitJobInput): Promise<void> => {
    const { spec } = await readPlan(runStore(input.runId))
    try {
      await connection(spec.connection).abortIngestJob(input.jobId)
    } catch (error) {
      if (!(error instanceof RequestRefusedError && error.errorCode === 'INVALIDJOBSTATE')) throw error
    }
  }
}
