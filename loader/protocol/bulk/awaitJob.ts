import { isObject } from '../../../packages/client/contract/issues.ts'
import type { IngestJob, IngestJobState } from '../../salesforce/salesforceConnection.ts'
import { type Dependencies, type Step, WaitingError } from '../../step.ts'
import type { ChunkAttempt } from '../layout.ts'
import { readPlan } from '../runRecords.ts'
import { type IngestJobReference, unlessGone } from './commitChunk.ts'
import { type JobPolls, nextPoll, withPoll } from './jobPolls.ts'

const ENDED: ReadonlySet<IngestJobState> = new Set(['JobComplete', 'Failed', 'Aborted'])

/** Thrown while Salesforce has not ended the job. The progress of the run shows it, so a command does not report it. */
class JobNotEnded extends WaitingError {
  override readonly name = 'JobNotEnded' as const
}

export type AwaitJobInput = Pick<ChunkAttempt, 'runId'> &
  IngestJobReference & {
    /** Records in the job, for the message and the time of the next poll. */
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
  const before = pollsOf(step.lastHeartbeat)
  step.heartbeat({ ...input, ...(before && { polls: before }) })
  const job = await connection(spec.connection).ingestJob(input.jobId, step.signal).catch(unlessGone)
  if (job === undefined) return { state: 'Deleted' }
  if (hasEnded(job)) return { state: job.state }
  const progress = { processed: job.numberRecordsProcessed, records: input.records }
  const now = Date.now()
  const polls = withPoll(before, progress, now)
  // The next attempt of the step gets it.
  step.heartbeat({ ...input, polls })
  throw new JobNotEnded(stateOf(job, input.records), nextPoll(polls, progress, now))
}

/** What the previous attempt of the step has sent. A step that was reset has none. */
function pollsOf(heartbeat: unknown): JobPolls | undefined {
  return isObject(heartbeat) && isObject(heartbeat['polls']) ? (heartbeat['polls'] as JobPolls) : undefined
}

export const hasEnded = ({ state }: IngestJob): boolean => ENDED.has(state)

/** The Temporal UI shows it under Pending Activities. */
function stateOf({ id, state, numberRecordsProcessed }: IngestJob, records: number): string {
  if (state !== 'InProgress') return `Job ${id} waits in Salesforce's queue (${state})`
  const [processed, all] = [numberRecordsProcessed, records].map(value => value.toLocaleString('en-US'))
  return `Salesforce is processing job ${id}: ${processed} of ${all} records processed`
}
