import { failedAnswer, inDoubtAnswer } from '../../results/recordAnswer.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { WaitingError } from '../../waitingError.ts'
import { type ChunkAttempt, chunkFiles } from '../layout.ts'
import type { RowAnswer } from '../settleAttempt.ts'

/**
 * When a committed job was stopped, or was first seen to be, and by whom. Salesforce works on to the end of the internal batches that
 * it has begun, so that records without a result may still be written for a while.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_bulk_v2/asynch_api_batches_interpret_status.htm
 */
export type StoppedJob = {
  /** Epoch milliseconds. */
  readonly at: number
  /** `run`: with a run that was cancelled; `org`: by someone in Salesforce. */
  readonly by: 'run' | 'org'
}

/** Writes it down; who came first stays. */
export async function noteStopped(store: RunStore, place: ChunkAttempt, by: StoppedJob['by']): Promise<StoppedJob> {
  const file = chunkFiles(place.chunk, place.attempt).stopped
  const now: StoppedJob = { at: Date.now(), by }
  if (await store.writeOnce(file, `${JSON.stringify(now)}\n`)) return now
  return JSON.parse((await store.readText(file)) ?? JSON.stringify(now)) as StoppedJob
}

/** For a record without a result while the job that was stopped may still be at work. */
export function stoppedLately(jobId: string): RowAnswer {
  return inDoubtAnswer(
    `Job ${jobId} was stopped with this run, and Salesforce may have been at work on this record; ` +
      'start the run again under the same id to find out, or look for it before you load it again',
  )
}

/** For a record without a result when the job is certain to be at rest. */
export function stoppedForGood(jobId: string, { by }: StoppedJob): RowAnswer {
  if (by === 'run') return 'unprocessed'
  const message = `Job ${jobId} was aborted in Salesforce before it came to this record; load it again if that was not meant`
  return failedAnswer({ code: 'JOB_ABORTED', message })
}

/** @param left milliseconds for which the job may be at work */
export function jobStopping(jobId: string, left: number): WaitingError {
  return new WaitingError(
    `Job ${jobId} was stopped, and Salesforce may still process its records for ${Math.ceil(left / 1000)} s; then it is settled`,
    left + 1,
  )
}
