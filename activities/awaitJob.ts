import type { Dependencies } from '../loader/dependencies.ts'
import { type AwaitJobInput, type EndedJob, awaitJob as runAwaitJob } from '../loader/protocol/bulk/awaitJob.ts'
import { runStep } from './runStep.ts'

/**
 * Waits until Salesforce has processed the job. Between two polls it holds no worker slot and the history does not grow.
 * Retry: safe because it only reads.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/get_job_info.htm
 */
export function awaitJob(dependencies: Dependencies) {
  return (input: AwaitJobInput): Promise<EndedJob> => runStep(step => runAwaitJob(dependencies, input, step))
}
