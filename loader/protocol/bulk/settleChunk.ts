import { EMPTY_TALLY } from '../../../packages/client/contract/tally.ts'
import type { Dependencies } from '../../dependencies.ts'
import type { IngestJob } from '../../salesforce/salesforceConnection.ts'
import type { Step } from '../../step.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { type PlannedRun, readPlan } from '../runRecords.ts'
import {
  type OperationAttempt,
  type RowAnswer,
  settleAttempt,
  settledBefore,
  writeProvisional,
} from '../settleAttempt.ts'
import type { SettledAttempt } from '../staged.ts'
import { committedJob } from './committedJob.ts'
import type { IngestAnswers } from './ingestAnswers.ts'
import { downloadResults, kindsOf } from './jobResults.ts'
import { changedColumns, type EndedChunk, matchResults } from './matchResults.ts'
import { jobStopping, noteStopped, stoppedForGood, stoppedLately } from './stoppedJob.ts'
import type { IngestJobReference } from './uploadChunk.ts'

export type SettleChunkInput = OperationAttempt &
  IngestJobReference & {
    /** Whether the run was cancelled and the job stopped for it: then what is known so far will do. */
    readonly cancelled: boolean
  }

/** Runs as many steps at a time as the memory of a worker allows. */
export type Turns = <T>(step: () => Promise<T>) => Promise<T>

/**
 * Reads what Salesforce says of each record of an ended job, and gives every record sent its result.
 * The records of a job that was stopped are settled when it is certain that Salesforce has put it down.
 */
export async function settleChunk(
  { connection, runStore }: Pick<Dependencies, 'connection' | 'runStore'>,
  input: SettleChunkInput,
  { signal, heartbeat, inTurn }: Step & { readonly inTurn: Turns },
): Promise<SettledAttempt> {
  const store = runStore(input.runId)
  const before = await settledBefore(store, input)
  if (before !== undefined) return before
  // A job that was never committed is never processed: its records stay unsent.
  if (input.cancelled && (await committedJob(store, input)) !== input.jobId) return NOTHING_SETTLED
  const run = await readPlan(store)
  const salesforce = connection(run.spec.connection)
  heartbeat({ jobId: input.jobId })
  const job = await salesforce.ingestJob(input.jobId)
  const { left, unprocessed } = await standing(store, input, run, job)
  if (left > 0 && !input.cancelled) throw jobStopping(job.id, left)
  const kinds = kindsOf(job)
  await downloadResults(store, input, salesforce, job.id, kinds, signal)
  return inTurn(async () => {
    const chunk = { store, place: input, plan: run.plan, job, kinds, unprocessed, signal }
    const answers = await answersOf(chunk)
    const answerOf = (index: number): RowAnswer => answers.at(index)
    if (left > 0) {
      await writeProvisional(store, input, run, answerOf)
      return NOTHING_SETTLED
    }
    return settleAttempt(store, input, run, answerOf)
  })
}

const NOTHING_SETTLED: SettledAttempt = { tally: EMPTY_TALLY, rejections: [], resend: 0 }

/** For how many milliseconds more the job may be at work, and what can be said of records that have no result by now. */
async function standing(store: RunStore, place: SettleChunkInput, { spec }: PlannedRun, job: IngestJob) {
  if (job.state !== 'Aborted') return { left: 0, unprocessed: 'unprocessed' } as const
  const stopped = await noteStopped(store, place, 'org')
  const left = stopped.at + spec.resend.lostAnswerWait - Date.now()
  return { left, unprocessed: left > 0 ? stoppedLately(job.id) : stoppedForGood(job.id, stopped) }
}

/** Reads the results, and once more when some belong to no record: the org may rewrite a column in a way of its own. */
async function answersOf(chunk: EndedChunk): Promise<IngestAnswers> {
  const answers = await matchResults(chunk)
  if (answers.isComplete || chunk.kinds.length === 0) return answers
  const changed = await changedColumns(chunk)
  return changed.length === 0 ? answers : matchResults(chunk, changed)
}
