import type { IngestJob, IngestJobState } from '../../salesforce/salesforceConnection.ts'
import { type Dependencies, type Step, WaitingError } from '../../step.ts'
import type { ChunkAttempt } from '../layout.ts'
import { readPlan } from '../runRecords.ts'
import { type IngestJobReference, unlessGone } from './commitChunk.ts'

const ENDED: ReadonlySet<IngestJobState> = new Set(['JobComplete', 'Failed', 'Aborted'])

/** Milliseconds until the job's state is polled again, by attempt. Each poll is one API call. */
const POLL_INTERVALS = [1_000, 2_000, 3_000, 5_000, 10_000, 15_000, 30_000] as const
const MAX_POLL_INTERVAL = 60_000

/** Thrown while Salesforce has not ended the job. The progress of the run shows it, so a command does not report it. */
class JobNotEnded extends WaitingError {
  override readonly name = 'JobNotEnded' as const
}

export type AwaitJobInput = Pick<ChunkAttempt, 'runId'> &
  IngestJobReference & {
    /** Records in the job, for the message. */
    readonly records: number
  }

/** `Deleted`: the org no longer has the job. */
export type EndedJob = { readonly state: IngestJobState | 'Deleted' }

/** Waits until Salesforce has processed the job, holding no worker slot and growing no history in between. */
export async function awaitJob(
  { connection, runStore }: Pick<Dependencies, 'connection' | 'runStore'>,
  input: AwaitJobInput,
  step: Step,
): Promise<EndedJob> {
  const { spec } = await readPlan(runStore(input.runId))
  step.heartbeat(input)
  const job = await connection(spec.connection).ingestJob(input.jobId, step.signal).catch(unlessGone)
  if (job === undefined) return { state: 'Deleted' }
  if (hasEnded(job)) return { state: job.state }
  throw new JobNotEnded(stateOf(job, input.records), POLL_INTERVALS[step.attempt - 1] ?? MAX_POLL_INTERVAL)
}

export const hasEnded = ({ state }: IngestJob): boolean => ENDED.has(state)

/** The Temporal UI shows it under Pending Activities. */
function stateOf({ id, state, numberRecordsProcessed }: IngestJob, records: number): string {
  if (state !== 'InProgress') return `Job ${id} waits in Salesforce's queue (${state})`
  const [processed, all] = [numberRecordsProcessed, records].map(value => value.toLocaleString('en-US'))
  return `Salesforce is processing job ${id}: ${processed} of ${all} records processed`
}
