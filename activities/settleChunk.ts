import type { Dependencies } from '../loader/dependencies.ts'
import { committedJob } from '../loader/protocol/committedJob.ts'
import type { IngestAnswers } from '../loader/protocol/ingestAnswers.ts'
import { downloadResults, kindsOf } from '../loader/protocol/jobResults.ts'
import { changedColumns, type EndedChunk, matchResults } from '../loader/protocol/matchResults.ts'
import { type PlannedRun, readPlan } from '../loader/protocol/runRecords.ts'
import {
  type OperationAttempt,
  type RowAnswer,
  settleAttempt,
  settledBefore,
  writeProvisional,
} from '../loader/protocol/settleAttempt.ts'
import type { SettledAttempt } from '../loader/protocol/staged.ts'
import { jobStopping, noteStopped, stoppedForGood, stoppedLately } from '../loader/protocol/stoppedJob.ts'
import type { IngestJob } from '../loader/salesforce/salesforceConnection.ts'
import type { RunStore } from '../loader/storage/runStore.ts'
import { EMPTY_TALLY } from '../packages/client/contract/tally.ts'
import { whileBeating } from './heartbeat.ts'
import type { IngestJobReference } from './uploadChunk.ts'

export type SettleChunkInput = OperationAttempt &
  IngestJobReference & {
    /** Whether the run was cancelled and the job stopped for it: then what is known so far will do. */
    readonly cancelled: boolean
  }

/** Lets through so many steps at a time as the memory of a worker bears. */
export type Turns = <T>(step: () => Promise<T>) => Promise<T>

/**
 * Reads what Salesforce says of each record of an ended job, and gives every record sent its result.
 * The records of a job that was stopped are settled when it is certain that Salesforce has put it down.
 * Retry: safe because it only reads from the org; results can be read for seven days, and what is written replaces itself.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/get_job_successful_results.htm
 */
export function settleChunk({ connection, runStore }: Dependencies, inTurn: Turns) {
  return async (input: SettleChunkInput): Promise<SettledAttempt> => {
    const store = runStore(input.runId)
    const before = await settledBefore(store, input)
    if (before !== undefined) return before
    // A job that was never committed is never processed: its records stay unsent.
    if (input.cancelled && (await committedJob(store, input)) !== input.jobId) return NOTHING_SETTLED
    const run = await readPlan(store)
    const salesforce = connection(run.spec.connection)
    return whileBeating({ jobId: input.jobId }, async () => {
      const job = await salesforce.ingestJob(input.jobId)
      const { left, unprocessed } = await standing(store, input, run, job)
      if (left > 0 && !input.cancelled) throw jobStopping(job.id, left)
      const kinds = kindsOf(job)
      await downloadResults(store, input, salesforce, job.id, kinds)
      return inTurn(async () => {
        const chunk = { store, place: input, plan: run.plan, job, kinds, unprocessed }
        const answers = await answersOf(chunk)
        const answerOf = (index: number): RowAnswer => answers.at(index)
        if (left > 0) {
          await writeProvisional(store, input, run, answerOf)
          return NOTHING_SETTLED
        }
        return settleAttempt(store, input, run, answerOf)
      })
    })
  }
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
