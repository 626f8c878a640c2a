import { activityInfo } from '@temporalio/activity'
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'
import type { Dependencies } from '../loader/dependencies.ts'
import type { ChunkAttempt } from '../loader/protocol/chunkAttempt.ts'
import { readPlan } from '../loader/protocol/runRecords.ts'
import type { IngestJob, IngestJobState } from '../loader/salesforce/salesforceConnection.ts'
import { whileBeating } from './heartbeat.ts'
import type { IngestJobReference } from './uploadChunk.ts'

const ENDED: ReadonlySet<IngestJobState> = new Set(['JobComplete', 'Failed', 'Aborted'])

/** Milliseconds until the job is looked at again, by attempt; the last one repeats. Each look is one API call. */
const LOOK_AGAIN = [1_000, 2_000, 3_000, 5_000, 10_000, 15_000, 30_000, 60_000] as const

export type AwaitJobInput = Pick<ChunkAttempt, 'runId'> &
  IngestJobReference & {
    /** Records in the job, for the words of what is waited for. */
    readonly records: number
  }

export type EndedJob = { readonly state: IngestJobState }

/**
 * Waits until Salesforce has processed the job, holding no worker slot and growing no history in between.
 * Retry: safe because it only reads.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/get_job_info.htm
 */
export function awaitJob({ connection, runStore }: Dependencies) {
  return async (input: AwaitJobInput): Promise<EndedJob> => {
    const { spec } = await readPlan(runStore(input.runId))
    const job = await whileBeating(input, () => connection(spec.connection).ingestJob(input.jobId))
    if (ENDED.has(job.state)) return { state: job.state }
    throw ApplicationFailure.create({
      type: 'JobNotEnded',
      message: standOf(job, input.records),
      category: ApplicationFailureCategory.BENIGN,
      nextRetryDelay: LOOK_AGAIN[activityInfo().attempt - 1] ?? LOOK_AGAIN.at(-1) ?? 60_000,
    })
  }
}

/** Shown under Pending Activities in Temporal's UI while the job is waited for. */
function standOf({ id, state, numberRecordsProcessed }: IngestJob, records: number): string {
  if (state !== 'InProgress') return `Job ${id} waits in Salesforce's queue (${state})`
  const [processed, all] = [numberRecordsProcessed, records].map(value => value.toLocaleString('en-US'))
  return `Salesforce is at work on job ${id}: ${processed} of ${all} records processed`
}
