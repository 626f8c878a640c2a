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
import type { SettledRound } from '../workflows/staged.ts'
import type { Dependencies } from './dependencies.ts'
import { throwIfCancelled, whileBeating } from './heartbeat.ts'
import { IngestAnswers } from './ingestAnswers.ts'
import { type PlannedRun, readPlan } from './runRecords.ts'
import { type OperationRound, settledBefore, settleRound } from './settleRound.ts'
import { storedLines } from './storedCsv.ts'
import type { IngestJobReference } from './uploadChunk.ts'

export type SettleChunkInput = OperationRound &
  IngestJobReference & {
    /** Whether the run was cancelled and the job aborted for it: then records left unprocessed may be sent by a later run. */
    readonly cancelled: boolean
  }

/**
 * Reads what Salesforce says of each record of an ended job, and gives every record sent its result.
 * Retry: safe because it only reads from the org; results can be read for seven days, and what is written replaces itself.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/get_job_successful_results.htm
 */
export function settleChunk({ connection, runStore }: Dependencies) {
  return async (input: SettleChunkInput): Promise<SettledRound> => {
    const store = runStore(input.runId)
    const before = await settledBefore(store, input)
    if (before !== undefined) return before
    const run = await readPlan(store)
    const salesforce = connection(run.spec.connection)
    return whileBeating({ jobId: input.jobId }, async () => {
      const job = await salesforce.ingestJob(input.jobId)
      const answers = await correlate(store, input, run, salesforce, job)
      return settleRound(store, input, run, index => answers.at(index))
    })
  }
}

async function correlate(
  store: RunStore,
  input: SettleChunkInput,
  { plan }: PlannedRun,
  salesforce: SalesforceConnection,
  job: IngestJob,
): Promise<IngestAnswers> {
  const files = await openResults(salesforce, job)
  try {
    const correlator = createCorrelator(
      plan,
      input.operation,
      files.map(({ reader }) => reader.header),
    )
    const sent = await feedSent(store, input, correlator)
    const answers = new IngestAnswers(job, sent, input.cancelled)
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
