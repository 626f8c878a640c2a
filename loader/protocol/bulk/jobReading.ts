// What a reading of a job's results lacks, and how often a reading that lacks something is repeated.
import { LinkError } from '../../../packages/client/contract/linkError.ts'
import type { IngestJob, IngestResultsKind } from '../../salesforce/salesforceConnection.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { type ChunkAttempt, chunkFiles } from '../layout.ts'
import { readJsonIfThere, writeJson } from '../runRecords.ts'

/** Lines read of each result file. */
export type ReadLines = Readonly<Record<IngestResultsKind, number>>

/** Milliseconds until results are read again, by the number of equal readings. After the last, what they lack is in doubt. */
const READ_AGAIN_AFTER = [2_000, 5_000, 10_000, 20_000] as const

/** Thrown when the results of a job are not readable, or are not as many as the job reports. They are read again. */
class ResultsDoubtfulError extends LinkError {
  override readonly name = 'ResultsDoubtfulError' as const
  readonly kind = 'transient' as const
  override readonly retryAfter: number
  readonly jobId: string

  constructor(jobId: string, problem: string, times: number, retryAfter: number) {
    super(
      `The results of job ${jobId} are not complete: ${problem} (reading ${times} of ${READ_AGAIN_AFTER.length + 1}). ` +
        `They are read again in ${retryAfter / 1000} s; nothing is sent meanwhile.`,
    )
    this.jobId = jobId
    this.retryAfter = retryAfter
  }
}

/** What the lines read lack of the job's own counts; undefined when they lack nothing. */
export function missingOf(
  { state, numberRecordsProcessed, numberRecordsFailed }: IngestJob,
  { successful, failed, unprocessed }: ReadLines,
  sent: number,
): string | undefined {
  const succeeded = numberRecordsProcessed - numberRecordsFailed
  if (successful < succeeded)
    return `the job reports ${succeeded} successful records, and ${successful} results were read`
  if (failed < numberRecordsFailed)
    return `the job reports ${numberRecordsFailed} failed records, and ${failed} results were read`
  // A job that ended before it processed any record leaves all of them unprocessed, whatever the file says.
  const isUntouched = numberRecordsProcessed === 0 && state !== 'JobComplete'
  const rest = sent - successful - failed
  if (isUntouched || unprocessed >= rest) return undefined
  return `${sent} records were sent, and ${successful + failed + unprocessed} results were read`
}

type Doubt = { readonly job: IngestJob; readonly lines: ReadLines; readonly problem: string }

/** Whether an earlier reading of the results has lacked something. */
export const wasIncomplete = async (store: RunStore, { chunk, attempt }: ChunkAttempt): Promise<boolean> =>
  (await store.size(chunkFiles(chunk, attempt).reading)) !== undefined

/**
 * Counts equal readings with a problem. Returns when there were enough of them, so that another would show nothing new.
 * Throws ResultsDoubtfulError until then.
 */
export async function requireRepeated(
  store: RunStore,
  place: ChunkAttempt,
  { job, lines, problem }: Doubt,
): Promise<void> {
  const path = chunkFiles(place.chunk, place.attempt).reading
  const shown = JSON.stringify([job.state, job.numberRecordsProcessed, job.numberRecordsFailed, lines, problem])
  const before = await readJsonIfThere<{ readonly shown: string; readonly times: number }>(store, path)
  const times = before?.shown === shown ? before.times + 1 : 1
  const pause = READ_AGAIN_AFTER[times - 1]
  if (pause === undefined) return
  await writeJson(store, path, { shown, times })
  throw new ResultsDoubtfulError(job.id, problem, times, pause)
}
