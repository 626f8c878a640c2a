import { OutcomeUnknownError, RequestRejectedError } from '../../salesforce/errors.ts'
import type { SalesforceConnection } from '../../salesforce/salesforceConnection.ts'
import type { Dependencies, Step } from '../../step.ts'
import type { ChunkAttempt } from '../layout.ts'
import { readPlan } from '../runRecords.ts'
import { chooseJob } from './committedJob.ts'
import type { IngestJobReference } from './uploadChunk.ts'

export type CommitChunkInput = ChunkAttempt & IngestJobReference

/** Sets the job to UploadComplete: the one point from which on Salesforce processes the chunk. */
export async function commitChunk(
  { connection, runStore }: Pick<Dependencies, 'connection' | 'runStore'>,
  input: CommitChunkInput,
  step: Step,
): Promise<IngestJobReference> {
  const store = runStore(input.runId)
  const { spec } = await readPlan(store)
  const salesforce = connection(spec.connection)
  step.heartbeat({ jobId: input.jobId })
  const jobId = await chooseJob(store, input, input.jobId)
  if (jobId !== input.jobId) await salesforce.abortIngestJob(input.jobId).catch(() => undefined)
  await close(salesforce, jobId)
  return { jobId }
}

/** Reads the job's state when the answer does not show whether the job was closed. */
async function close(salesforce: SalesforceConnection, jobId: string): Promise<void> {
  try {
    await salesforce.closeIngestJob(jobId)
  } catch (error) {
    if (!(error instanceof OutcomeUnknownError || error instanceof RequestRejectedError)) throw error
    const { state } = await salesforce.ingestJob(jobId)
    if (state === 'Open') throw error
  }
}
