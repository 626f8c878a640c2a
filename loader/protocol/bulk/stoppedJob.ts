import { failedAnswer, inDoubtAnswer } from '../../results/recordAnswer.ts'
import { RequestRejectedError } from '../../salesforce/errors.ts'
import { type Dependencies, type Step, WaitingError } from '../../step.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { type ChunkAttempt, chunkFiles } from '../layout.ts'
import { readPlan } from '../runRecords.ts'
import type { RowAnswer } from '../settleAttempt.ts'
import { committedJob, type IngestJobReference, unlessGone } from './commitChunk.ts'

/**
 * When a committed job was stopped, or was first seen to be, and by whom. Salesforce completes the internal batches that
 * it has started, so records without a result may still be written for a while.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_bulk_v2/asynch_api_batches_interpret_status.htm
 */
export type StoppedJob = {
  /** Epoch milliseconds. */
  readonly at: number
  /** `run`: with a run that was cancelled; `org`: by someone in Salesforce. */
  readonly by: 'run' | 'org'
}

/** Records that the job was stopped; the first record of it stays. */
export async function noteStopped(store: RunStore, place: ChunkAttempt, by: StoppedJob['by']): Promise<StoppedJob> {
  const file = chunkFiles(place.chunk, place.attempt).stopped
  const now: StoppedJob = { at: Date.now(), by }
  if (await store.writeOnce(file, `${JSON.stringify(now)}\n`)) return now
  return JSON.parse((await store.readText(file)) ?? JSON.stringify(now)) as StoppedJob
}

/** The answer for a record without a result while Salesforce may still process the stopped job. */
export function stoppedLately(jobId: string): RowAnswer {
  return inDoubtAnswer(
    `Job ${jobId} was stopped with this run, and Salesforce may have processed this record; ` +
      'start the run again under the same id to find out, or check the org before you load it again',
  )
}

/** The answer for a record without a result when Salesforce no longer processes the job. */
export function stoppedForGood(jobId: string, { by }: StoppedJob): RowAnswer {
  if (by === 'run') return 'unprocessed'
  const message = `Job ${jobId} was aborted in Salesforce before it processed this record; load it again if that was not intended`
  return failedAnswer({ code: 'JOB_ABORTED', message })
}

/** @param left milliseconds for which Salesforce may still process the job */
export function jobStopping(jobId: string, left: number): WaitingError {
  return new WaitingError(
    `Job ${jobId} was stopped, and Salesforce may still process its records for ${Math.ceil(left / 1000)} s; then it is settled`,
    left + 1,
  )
}

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
    if (!(error instanceof RequestRejectedError && error.errorCode === 'INVALIDJOBSTATE')) unlessGone(error)
    return
  }
  // The wait starts after the org has answered: a later start only makes it longer.
  if ((await committedJob(store, input)) === input.jobId) await noteStopped(store, input, 'run')
}
