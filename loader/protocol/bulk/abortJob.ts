import { RequestRejectedError } from '../../salesforce/errors.ts'
import type { Dependencies, Step } from '../../step.ts'
import type { ChunkAttempt } from '../layout.ts'
import { readPlan } from '../runRecords.ts'
import { committedJob } from './committedJob.ts'
import { noteStopped } from './stoppedJob.ts'
import type { IngestJobReference } from './uploadChunk.ts'

/** Asks Salesforce to stop a job; what it has processed stays. A job that has ended stays as it is. */
export async function abortJob(
  { connection, runStore }: Pick<Dependencies, 'connection' | 'runStore'>,
  input: ChunkAttempt & IngestJobReference,
  step: Step,
): Promise<void> {
  const store = runStore(input.runId)
  const { spec } = await readPlan(store)
  try {
    step.heartbeat(input)
    await connection(spec.connection).abortIngestJob(input.jobId)
  } catch (error) {
    if (!(error instanceof RequestRejectedError && error.errorCode === 'INVALIDJOBSTATE')) throw error
    return
  }
  // The wait starts after the org has answered: a later start only makes it longer.
  if ((await committedJob(store, input)) === input.jobId) await noteStopped(store, input, 'run')
}
