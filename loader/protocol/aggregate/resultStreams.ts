import { csvRecordBytes, recordText } from '../../csv/recordBytes.ts'
import { isSearched, type SyncPlan } from '../../plan/syncPlan.ts'
import { chunkResultsText } from '../../results/chunkResults.ts'
import type { RowStream } from '../../results/mergeByRow.ts'
import {
  answerFromSaveResult,
  failedAnswer,
  inDoubtAnswer,
  type RecordAnswer,
  succeededAnswer,
} from '../../results/recordAnswer.ts'
import { type ResultBatch, resultBatch } from '../../results/resultBatch.ts'
import { utcTimestamp } from '../../results/resultsCsv.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { committedJob } from '../bulk/commitChunk.ts'
import { type JournalState, journalStates } from '../collections/journalStates.ts'
import { ANSWER_LOST } from '../collections/lostRecords.ts'
import { RequestJournal } from '../collections/requestJournal.ts'
import {
  chunkFiles,
  filledFile,
  keyedChunkFiles,
  MATCHED_FILE,
  REJECTED_RESULTS_FILE,
  unfilledChunkFiles,
} from '../layout.ts'
import { locatedBatches, mergedBlockBytes, type StagedRun, storedRecords } from '../runRecords.ts'
import { type OperationAttempt, settledBefore } from '../settleAttempt.ts'
import type { StagedChunk } from '../staged.ts'

type ResultStream = RowStream<ResultBatch>

type Run = {
  readonly store: RunStore
  readonly runId: string
  readonly plan: SyncPlan
  readonly unfinished: Unfinished | undefined
}

type Reading = Run & { readonly blockBytes: number }

/**
 * The results of all records of a run as streams in row order: those rejected before sending, and those of every chunk and attempt.
 * For a run that ended early, records that were never settled get a result too.
 */
export async function resultStreams(run: Run, staged: StagedRun): Promise<readonly ResultStream[]> {
  const reading = { ...run, blockBytes: mergedBlockBytes(staged.chunks.length + 1) }
  const streams: ResultStream[] = [stream(reading, 1, REJECTED_RESULTS_FILE)]
  for (const chunk of staged.chunks) streams.push(...(await chunkStreams(reading, chunk)))
  return streams
}

async function chunkStreams(run: Reading, chunk: StagedChunk): Promise<ResultStream[]> {
  const { store, runId, plan, unfinished } = run
  const { firstRow } = chunk
  const streams: ResultStream[] = []
  const keyed = keyedChunkFiles(chunk.chunk)
  if (isSearched(plan, chunk.operation)) {
    if ((await store.size(MATCHED_FILE)) === undefined) {
      return unfinished === undefined ? [] : [answered(run, chunk, keyed.rows, () => notSent(unfinished, 1))]
    }
    streams.push(stream(run, firstRow, chunkFiles(chunk.chunk, 1).unsent))
  }
  if (chunk.isUnfilled && chunk.wave !== undefined) {
    const { rows, unsent } = unfilledChunkFiles(chunk.chunk)
    if ((await store.size(filledFile(chunk.wave))) === undefined) {
      if (unfinished !== undefined) streams.push(answered(run, chunk, rows, () => notSent(unfinished, 1)))
      return streams
    }
    streams.push(stream(run, firstRow, unsent))
  }
  for (let attempt = 1; ; attempt += 1) {
    const place = { runId, chunk: chunk.chunk, operation: chunk.operation, attempt }
    const files = chunkFiles(chunk.chunk, attempt)
    const settled = await settledBefore(store, place)
    if (settled === undefined) {
      if (unfinished !== undefined) streams.push(await unsettled(run, chunk, place, unfinished))
      return streams
    }
    streams.push(stream(run, firstRow, files.results))
    if (settled.resend === 0) return streams
  }
}

async function unsettled(
  run: Reading,
  chunk: StagedChunk,
  place: OperationAttempt,
  why: Unfinished,
): Promise<ResultStream> {
  const { rows, provisional } = chunkFiles(place.chunk, place.attempt)
  if ((await run.store.size(provisional)) !== undefined) return stream(run, chunk.firstRow, provisional)
  let records = 0
  for await (const { count } of storedRecords(run.store, rows)) records += count
  return answered(run, chunk, rows, await unsettledAnswers(run, place, records, why))
}

function stream({ store, blockBytes }: Reading, firstRow: number, path: string): ResultStream {
  return { firstRow, open: () => locatedBatches(store, path, blockBytes) }
}

/** Results created for the records of a rows file. */
function answered(
  { store, blockBytes }: Reading,
  { firstRow, operation }: StagedChunk,
  rows: string,
  answerOf: (index: number) => RecordAnswer,
): ResultStream {
  async function* lines(): AsyncGenerator<Uint8Array> {
    let index = 0
    const timestamp = utcTimestamp(Date.now())
    for await (const records of storedRecords(store, rows, blockBytes)) {
      const texts = Array.from({ length: records.count }, (_, at) => {
        const record = recordText(records, at)
        const row = Number.parseInt(record, 10)
        const result = { ...answerOf(index++), row, operation, timestamp }
        return chunkResultsText(result, record.slice(String(row).length))
      })
      yield Buffer.from(texts.join(''))
    }
  }
  async function* open(): AsyncGenerator<ResultBatch> {
    for await (const records of csvRecordBytes(lines())) yield resultBatch(records)
  }
  return { firstRow, open }
}

/** Why a run ended before all of its records were sent. */
type Unfinished = 'cancelled' | 'failed'

/** The answer for a record that was certainly not sent, or whose earlier attempts certainly wrote nothing. */
function notSent(why: Unfinished, attempt: number): RecordAnswer {
  const end = `the run ${why === 'failed' ? 'failed' : 'was cancelled'} before this record's turn`
  const message =
    attempt === 1
      ? `Not sent: ${end}`
      : `Not sent again: Salesforce did not write this record in attempt ${attempt - 1} for a transient reason, and ${end}`
  return failedAnswer({ code: 'NOT_SENT', message })
}

/**
 * Returns the answers for the records of a chunk that a run sent, or started to send, and never settled.
 * @param records of the chunk in this attempt
 * @returns the answer by place in the chunk, counted from 0
 */
async function unsettledAnswers(
  { store, plan }: Run,
  place: OperationAttempt,
  records: number,
  why: Unfinished,
): Promise<(index: number) => RecordAnswer> {
  const jobId = await committedJob(store, place)
  if (jobId !== undefined) {
    const message = `Job ${jobId} was committed, and the run ended before its results were read; check the job in Salesforce before you load this record again`
    return () => inDoubtAnswer(message)
  }
  const journal = await RequestJournal.open(store, chunkFiles(place.chunk, place.attempt).journal)
  const states = await journalStates(journal, records, plan)
  return index => {
    const state = states.get(index)
    return state === undefined ? notSent(why, place.attempt) : answerOf(state, place)
  }
}

function answerOf(state: JournalState, { operation }: OperationAttempt): RecordAnswer {
  switch (state.kind) {
    case 'answered':
      return answerFromSaveResult(state.result, operation)
    case 'found':
      return succeededAnswer(state.id, 'created')
    case 'undecided':
    case 'open':
      return inDoubtAnswer(ANSWER_LOST)
  }
}
