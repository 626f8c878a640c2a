import { Context } from '@temporalio/activity'
import {
  INGEST_RESULTS,
  type IngestJob,
  type IngestResultsKind,
  type SalesforceConnection,
} from '../salesforce/salesforceConnection.ts'
import { readCsv } from '../sources/csv.ts'
import type { SourceReader } from '../sources/sourceReader.ts'
import { chunkFiles } from '../store/runLayout.ts'
import type { RunStore } from '../store/runStore.ts'
import { type Correlator, createCorrelator } from '../sync/correlate.ts'
import { compileIngestResults } from '../sync/ingestResults.ts'
import { EMPTY_TALLY } from '../sync/tally.ts'
import type { SettledRound } from '../workflows/staged.ts'
import { committedJob } from './committedJob.ts'
import type { Dependencies } from './dependencies.ts'
import { throwIfCancelled, whileBeating } from './heartbeat.ts'
import { IngestAnswers } from './ingestAnswers.ts'
import { type PlannedRun, readPlan } from './runRecords.ts'
import { type OperationRound, type RowAnswer, settledBefore, settleRound, writeProvisional } from './settleRound.ts'
import { jobStopping, noteStopped, stoppedForGood, stoppedLately } from './stoppedJob.ts'
import { storedLines } from './storedCsv.ts'
import type { IngestJobReference } from './uploadChunk.ts'

export type SettleChunkInput = OperationRound &
  IngestJobReference & {
    /** Whether the run was cancelled and the job stopped for it: then what is known so far will do. */
    readonly cancelled: boolean
  }

/**
 * Reads what Salesforce says of each record of an ended job, and gives every record sent its result.
 * The records of a job that was stopped are settled when it is certain that Salesforce has put it down.
 * Retry: safe because it only reads from the org; results can be read for seven days, and what is written replaces itself.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/get_job_successful_results.htm
 */
export function settleChunk({ connection, runStore }: Dependencies) {
  return async (input: SettleChunkInput): Promise<SettledRound> => {
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
      const answers = await correlate(store, input, run, salesforce, job, unprocessed)
      const answerOf = (index: number): RowAnswer => answers.at(index)
      if (left <= 0) return settleRound(store, input, run, answerOf)
      await writeProvisional(store, input, run, answerOf)
      return NOTHING_SETTLED
    })
  }
}

const NOTHING_SETTLED: SettledRound = { tally: EMPTY_TALLY, resend: 0 }

/** For how many milliseconds more the job may be at work, and what can be said of records that have no result by now. */
async function standing(store: RunStore, place: SettleChunkInput, { spec }: PlannedRun, job: IngestJob) {
  if (job.state !== 'Aborted') return { left: 0, unprocessed: 'unprocessed' } as const
  const stopped = await noteStopped(store, place, 'org')
  const left = stopped.at + spec.resend.lostAnswerWait - Date.now()
  return { left, unprocessed: left > 0 ? stoppedLately(job.id) : stoppedForGood(job.id, stopped) }
}

async function correlate(
  store: RunStore,
  input: SettleChunkInput,
  { plan }: PlannedRun,
  salesforce: SalesforceConnection,
  job: IngestJob,
  unprocessed: RowAnswer,
): Promise<IngestAnswers> {
  const files = await openResults(salesforce, job)
  try {
    const correlator = createCorrelator(
      plan,
      input.operation,
      files.map(({ reader }) => reader.header),
    )
    const sent = await feedSent(store, input, correlator)
    const answers = new IngestAnswers(job, sent, unprocessed)
    for (const [place, file] of files.entries()) await readResults(file, correlator, place, answers)
    answers.close(correlator)
    return answers
  } finally {
    await Promise.all(files.map(({ reader }) => reader.close()))
  }
}

type ResultFile = { readonly kind: IngestResultsKind; readonly reader: SourceReader }

/** The file with the most columns first, as the correlator wants them; a job that was never closed has none. */
async function openResults(salesforce: SalesforceConnection, job: IngestJob): Promise<readonly ResultFile[]> {
  if (job.state === 'Aborted' && job.numberRecordsProcessed === 0) return []
  const signal = Context.current().cancellationSignal
  const files: ResultFile[] = []
  for (const kind of INGEST_RESULTS) {
    const body = await salesforce.ingestResults(job.id, kind, signal)
    const reader = await readCsv(body, {
      description: `${kind} results of job ${job.id}`,
      delimiter: ',',
      encoding: 'utf-8',
      anyNames: true,
    })
    files.push({ kind, reader })
  }
  return files.toSorted((a, b) => b.reader.header.length - a.reader.header.length)
}

async function feedSent(store: RunStore, { chunk, round }: SettleChunkInput, correlator: Correlator): Promise<number> {
  let index = 0
  for await (const lines of storedLines(store, chunkFiles(chunk, round).csv)) {
    for (const cells of lines) {
      correlator.sent(index, cells)
      index += 1
    }
    throwIfCancelled()
  }
  return index
}

async function readResults(
  { kind, reader }: ResultFile,
  correlator: Correlator,
  place: number,
  answers: IngestAnswers,
): Promise<void> {
  const match = correlator.match[place]
  const answerOf = compileIngestResults(kind, reader.header)
  for await (const { rows } of reader.batches) {
    for (const values of rows) answers.add(match?.(values), answerOf(values))
    throwIfCancelled()
  }
}
