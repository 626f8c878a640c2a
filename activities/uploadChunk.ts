import { Context } from '@temporalio/activity'
import type { Dependencies } from '../loader/dependencies.ts'
import type { ChunkAttempt } from '../loader/protocol/chunkAttempt.ts'
import { committedJob } from '../loader/protocol/committedJob.ts'
import { chunkFiles } from '../loader/protocol/layout.ts'
import { readPlan } from '../loader/protocol/runRecords.ts'
import { type OperationAttempt, settledBefore } from '../loader/protocol/settleAttempt.ts'
import type { SettledAttempt } from '../loader/protocol/staged.ts'
import type { IngestJob, SalesforceConnection } from '../loader/salesforce/salesforceConnection.ts'
import type { RunStore } from '../loader/storage/runStore.ts'
import type { SyncSpec } from '../packages/client/contract/syncSpec.ts'
import { whileBeating } from './heartbeat.ts'

export type IngestJobReference = { readonly jobId: string }

/** The job that holds the chunk now, or the counts of one that was settled in an earlier life of the run. */
export type UploadedChunk = IngestJobReference | { readonly settled: SettledAttempt }

/**
 * Opens an ingest job and puts the chunk into it. Nothing is processed before commitChunk.
 * Retry: safe because a job that is not set to UploadComplete is never processed; whatever goes wrong here, the job is
 * aborted and a retry opens another. A chunk that was committed or settled in an earlier life of the run is not uploaded again.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/upload_job_data.htm
 */
export function uploadChunk({ connection, runStore }: Dependencies) {
  return async (input: OperationAttempt): Promise<UploadedChunk> => {
    const store = runStore(input.runId)
    // Looked at first: the org forgets a job after seven days.
    const settled = await settledBefore(store, input)
    if (settled !== undefined) return { settled }
    const committed = await committedJob(store, input)
    if (committed !== undefined) return { jobId: committed }
    const { spec } = await readPlan(store)
    const salesforce = connection(spec.connection)
    return whileBeating({ uploading: input.chunk }, async () => {
      const job = await openJob(salesforce, spec, input)
      try {
        await putChunk(salesforce, store, job.id, input)
      } catch (error) {
        await salesforce.abortIngestJob(job.id).catch(() => undefined)
        throw error
      }
      return { jobId: job.id }
    })
  }
}

function openJob(
  salesforce: SalesforceConnection,
  { object, assignmentRules, externalIdField }: SyncSpec,
  { operation }: OperationAttempt,
): Promise<IngestJob> {
  const key = operation === 'upsert' && externalIdField !== undefined ? { externalIdField } : {}
  return salesforce.openIngestJob({ object, operation, assignmentRules, ...key })
}

async function putChunk(salesforce: SalesforceConnection, store: RunStore, jobId: string, place: ChunkAttempt) {
  const { csv } = chunkFiles(place.chunk, place.attempt)
  const bytes = (await store.size(csv)) ?? 0
  await salesforce.uploadIngestData(jobId, await store.read(csv), bytes, Context.current().cancellationSignal)
}
