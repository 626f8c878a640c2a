import type { SyncSpec } from '../../../packages/client/contract/syncSpec.ts'
import { RequestRejectedError } from '../../salesforce/errors.ts'
import type { IngestJob, SalesforceConnection } from '../../salesforce/salesforceConnection.ts'
import type { Dependencies, Step } from '../../step.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { type ChunkAttempt, chunkFiles } from '../layout.ts'
import { readPlan } from '../runRecords.ts'
import { type OperationAttempt, settledForGood } from '../settleAttempt.ts'
import type { SettledAttempt } from '../staged.ts'
import { abandonJob, committedJob, type IngestJobReference, noteOpened, unlessGone } from './commitChunk.ts'

/** The job of the chunk, or the counts of a chunk that an earlier execution of the run has settled. */
export type UploadedChunk = IngestJobReference | { readonly settled: SettledAttempt }

/** Opens an ingest job and uploads the chunk. Nothing is processed before commitChunk. */
export async function uploadChunk(
  { connection, runStore }: Pick<Dependencies, 'connection' | 'runStore'>,
  input: OperationAttempt,
  step: Step,
): Promise<UploadedChunk> {
  const store = runStore(input.runId)
  // Checked first: the org deletes a job after seven days.
  const settled = await settledForGood(store, input)
  if (settled !== undefined) return { settled }
  const committed = await committedJob(store, input)
  if (committed !== undefined) return { jobId: committed }
  const { spec } = await readPlan(store)
  const salesforce = connection(spec.connection)
  step.heartbeat({ uploading: input.chunk })
  const job = await openJob(salesforce, spec, input)
  await noteOpened(store, input, job.id)
  try {
    await putChunk(salesforce, store, job.id, input, step.signal)
  } catch (error) {
    // Its records are settled as those of a job that is stopped later.
    if (error instanceof RequestRejectedError && (await wasStopped(salesforce, job.id))) return { jobId: job.id }
    await abandonJob(salesforce, job.id)
    throw error
  }
  return { jobId: job.id }
}

/** Whether someone has stopped or deleted the job in Salesforce before its data was there. */
async function wasStopped(salesforce: SalesforceConnection, jobId: string): Promise<boolean> {
  const job = await salesforce.ingestJob(jobId).catch(unlessGone)
  return job === undefined || job.state === 'Aborted'
}

function openJob(
  salesforce: SalesforceConnection,
  { object, assignmentRules, externalIdField }: SyncSpec,
  { operation }: OperationAttempt,
): Promise<IngestJob> {
  const key = operation === 'upsert' && externalIdField !== undefined ? { externalIdField } : {}
  return salesforce.openIngestJob({ object, operation, assignmentRules, ...key })
}

async function putChunk(
  salesforce: SalesforceConnection,
  store: RunStore,
  jobId: string,
  place: ChunkAttempt,
  signal: AbortSignal,
) {
  const { csv } = chunkFiles(place.chunk, place.attempt)
  const bytes = (await store.size(csv)) ?? 0
  await salesforce.uploadIngestData(jobId, await store.read(csv), bytes, signal)
}
