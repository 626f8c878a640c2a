import { SourceEmptyError } from '../../csv/errors.ts'
import type { CsvTable } from '../../csv/ownCsv.ts'
import { createColumnCheck, createCorrelator } from '../../matching/correlate.ts'
import type { SyncPlan } from '../../plan/syncPlan.ts'
import { compileIngestResults } from '../../results/recordAnswer.ts'
import {
  INGEST_RESULTS,
  type IngestJob,
  type IngestResultsKind,
  type SalesforceConnection,
} from '../../salesforce/salesforceConnection.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { type ChunkAttempt, chunkFiles } from '../layout.ts'
import { readStoredCsv, storedLines } from '../runRecords.ts'
import type { OperationAttempt, RowAnswer } from '../settleAttempt.ts'
import { IngestAnswers } from './ingestAnswers.ts'

export type EndedChunk = {
  readonly store: RunStore
  readonly place: OperationAttempt
  readonly plan: SyncPlan
  readonly job: IngestJob
  readonly kinds: readonly IngestResultsKind[]
  /** The answer for a record that the job did not process. */
  readonly unprocessed: RowAnswer
  readonly signal: AbortSignal
}

/**
 * Gives each record sent its answer.
 * @param changed columns that do not identify records
 */
export function matchResults(chunk: EndedChunk, changed: readonly string[] = []): Promise<IngestAnswers> {
  return eachFile(chunk, async (files, headers) => {
    const correlator = createCorrelator(chunk.plan, chunk.place.operation, headers, changed)
    let sent = 0
    await eachSent(chunk, cells => correlator.sent(sent++, cells))
    const answers = new IngestAnswers(chunk.job, sent, chunk.unprocessed)
    for (const [at, { kind, reader }] of files.entries()) {
      const find = correlator.match[at]
      const answerOf = compileIngestResults(kind, reader.header)
      await eachResult(chunk, reader, values => answers.add(find?.(values), answerOf(values)))
    }
    answers.close(correlator.unanswered())
    return answers
  })
}

/** The columns whose values this org rewrites. */
export function changedColumns(chunk: EndedChunk): Promise<readonly string[]> {
  return eachFile(chunk, async (files, headers) => {
    const check = createColumnCheck(chunk.plan, chunk.place.operation, headers)
    await eachSent(chunk, check.sent)
    for (const [at, { reader }] of files.entries())
      await eachResult(chunk, reader, values => check.result[at]?.(values))
    return check.changed()
  })
}

function eachFile<T>(
  { store, place, kinds }: EndedChunk,
  read: (files: readonly ResultFile[], headers: readonly (readonly string[])[]) => Promise<T>,
): Promise<T> {
  return withResults(store, place, kinds, files =>
    read(
      files,
      files.map(({ reader }) => reader.header),
    ),
  )
}

async function eachSent({ store, place, signal }: EndedChunk, take: (cells: readonly string[]) => void): Promise<void> {
  for await (const lines of storedLines(store, chunkFiles(place.chunk, place.attempt).csv)) {
    for (const cells of lines) take(cells)
    signal.throwIfAborted()
  }
}

async function eachResult(
  { signal }: EndedChunk,
  reader: CsvTable,
  take: (values: readonly string[]) => void,
): Promise<void> {
  for await (const { rows } of reader.batches) {
    for (const values of rows) take(values)
    signal.throwIfAborted()
  }
}

/** The results of one ingest job, downloaded to the run store. */
type ResultFile = { readonly kind: IngestResultsKind; readonly reader: CsvTable }

/** The file of a job's results. It is never removed: another workflow under the same run id may be reading it. */
const fileOf = (place: ChunkAttempt, kind: IngestResultsKind): string =>
  chunkFiles(place.chunk, place.attempt).answers[kind]

/** A job that was aborted before it processed any record has no results. */
export function kindsOf(job: IngestJob): readonly IngestResultsKind[] {
  return job.state === 'Aborted' && job.numberRecordsProcessed === 0 ? [] : INGEST_RESULTS
}

/** Downloads the results of a job as they are. They are read afterwards, so no connection is held open between downloads. */
export async function downloadResults(
  store: RunStore,
  place: ChunkAttempt,
  salesforce: SalesforceConnection,
  jobId: string,
  kinds: readonly IngestResultsKind[],
  signal: AbortSignal,
): Promise<void> {
  for (const kind of kinds) {
    await store.write(fileOf(place, kind), await salesforce.ingestResults(jobId, kind, signal))
  }
}

/** Opens downloaded results, the file with the most columns first, as the correlator requires. Closes them at the end. */
async function withResults<T>(
  store: RunStore,
  place: ChunkAttempt,
  kinds: readonly IngestResultsKind[],
  read: (files: readonly ResultFile[]) => Promise<T>,
): Promise<T> {
  const files: ResultFile[] = []
  try {
    for (const kind of kinds) {
      const reader = await openResults(store, fileOf(place, kind))
      if (reader !== undefined) files.push({ kind, reader })
    }
    return await read(files.toSorted((a, b) => b.reader.header.length - a.reader.header.length))
  } finally {
    await Promise.all(files.map(({ reader }) => reader.close()))
  }
}

/** An empty file has no results and no header. */
async function openResults(store: RunStore, path: string): Promise<CsvTable | undefined> {
  try {
    return await readStoredCsv(store, path)
  } catch (error) {
    if (error instanceof SourceEmptyError) return undefined
    throw error
  }
}
