import { EMPTY_TALLY } from '../../results/tally.ts'
import type { IngestJob } from '../../salesforce/salesforceConnection.ts'
import { type Dependencies, type Step, WaitingError } from '../../step.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { withNamedDuplicates } from '../namedDuplicates.ts'
import { type PlannedRun, readPlan, readRecords } from '../runRecords.ts'
import { type OperationAttempt, settleAttempt, settledForGood, writeProvisional } from '../settleAttempt.ts'
import type { SettledAttempt } from '../staged.ts'
import { hasEnded } from './awaitJob.ts'
import { committedJob, type IngestJobReference, unlessGone } from './commitChunk.ts'
import { answersWithoutJob } from './goneJob.ts'
import { requireRepeated, wasIncomplete } from './jobReading.ts'
import {
  changedColumns,
  countSent,
  downloadResults,
  type EndedChunk,
  kindsOf,
  longestResults,
  matchResults,
  type ReadAnswers,
} from './matchResults.ts'
import { jobStopping, noteStopped, stoppedForGood, stoppedLately } from './stoppedJob.ts'

export type SettleChunkInput = OperationAttempt &
  IngestJobReference & {
    /** Whether the run was cancelled and the job was stopped for it: then preliminary results are enough. */
    readonly cancelled: boolean
  }

/** Runs as many steps at a time as the memory of a worker allows. */
export type Turns = {
  readonly inTurn: <T>(match: () => Promise<T>) => Promise<T>
  /** The searches of one connection take turns of their own. */
  readonly searchInTurn: <T>(connection: string, search: () => Promise<T>) => Promise<T>
}

/**
 * Reads the results of an ended job and gives every record that was sent its result. The records of a stopped job are settled when
 * Salesforce can no longer process them.
 */
export async function settleChunk(
  { connection, runStore, runStores }: Pick<Dependencies, 'connection' | 'runStore' | 'runStores'>,
  input: SettleChunkInput,
  { signal, heartbeat, inTurn, searchInTurn }: Step & Turns,
): Promise<SettledAttempt> {
  const store = runStore(input.runId)
  const before = await settledForGood(store, input)
  if (before !== undefined) return before
  // A job that was never committed is never processed: its records stay unsent.
  if (input.cancelled && (await committedJob(store, input)) !== input.jobId) return NOTHING_SETTLED
  const run = await readPlan(store)
  const salesforce = connection(run.spec.connection)
  heartbeat({ jobId: input.jobId })
  const job = await salesforce.ingestJob(input.jobId, signal).catch(unlessGone)
  const settleWithoutJob = async (): Promise<SettledAttempt> => {
    const { left } = await stoppedSince(store, input, run.spec)
    if (left > 0 && !input.cancelled) throw jobStopping(input.jobId, left)
    return searchInTurn(run.spec.connection, async () => {
      signal.throwIfAborted()
      const records = await readRecords(store, input)
      const sent = { salesforce, store, runStores, place: input, run, records, signal }
      const at = await answersWithoutJob(sent, input.jobId, left > 0)
      if (left <= 0) return settleAttempt(store, input, run, { at })
      await writeProvisional(store, input, run, { at })
      return NOTHING_SETTLED
    })
  }
  if (job === undefined) return settleWithoutJob()
  if (!hasEnded(job) && !input.cancelled) throw jobBack(job)
  const { left, unprocessed } = await progressOf(store, input, run, job)
  if (left > 0 && !input.cancelled) throw jobStopping(job.id, left)
  const sent = await countSent(store, input)
  const kinds = kindsOf(job, sent, await wasIncomplete(store, input))
  const longest = await longestResults(store, input, sent)
  const chunk = { store, place: input, plan: run.plan, job, kinds, unprocessed, longest, signal }
  const isThere = await downloadResults(chunk, salesforce).then(() => true, unlessGone)
  if (!isThere) return settleWithoutJob()
  return inTurn(async () => {
    const { answers, lines, problem } = await answersOf(chunk)
    if (left > 0) {
      await writeProvisional(store, input, run, answers)
      return NOTHING_SETTLED
    }
    if (problem !== undefined) await requireRepeated(store, input, { job, lines, problem })
    const named = await withNamedDuplicates({ salesforce, store, run, place: input, signal }, sent, answers)
    return settleAttempt(store, input, run, named, { isDoubtful: problem !== undefined })
  })
}

/** Milliseconds until a job is read again that an earlier answer of the org did not know. */
const BACK_INTERVAL = 15_000

const jobBack = ({ id, state }: IngestJob): WaitingError =>
  new WaitingError(
    `Salesforce knows job ${id} again, which is ${state}; its results are read when it has ended`,
    BACK_INTERVAL,
  )

const NOTHING_SETTLED: SettledAttempt = { tally: EMPTY_TALLY, rejections: [], resend: 0 }

/** Milliseconds for which Salesforce may still process the job, and the answer for records that have no result by now. */
async function progressOf(store: RunStore, place: SettleChunkInput, { spec }: PlannedRun, job: IngestJob) {
  if (job.state !== 'Aborted') return { left: 0, unprocessed: 'unprocessed' } as const
  const { left, stopped } = await stoppedSince(store, place, spec)
  return { left, unprocessed: left > 0 ? stoppedLately(job.id) : stoppedForGood(job.id, stopped) }
}

/** Milliseconds for which Salesforce may still process a job that was stopped, or that no longer exists; the first sight of it counts. */
async function stoppedSince(store: RunStore, place: SettleChunkInput, { resend }: PlannedRun['spec']) {
  const stopped = await noteStopped(store, place, 'org')
  return { stopped, left: stopped.at + resend.lostAnswerWait - Date.now() }
}

/** Reads the results, and reads them again when some match no record: the org may rewrite a column. */
async function answersOf(chunk: EndedChunk): Promise<ReadAnswers> {
  const read = await matchResults(chunk)
  if (read.answers.isComplete || chunk.kinds.length === 0) return read
  const changed = await changedColumns(chunk)
  return changed.length === 0 ? read : matchResults(chunk, changed)
}
