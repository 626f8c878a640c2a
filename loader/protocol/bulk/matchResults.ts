import type { CellBatch } from '../../csv/cells.ts'
import { SourceEmptyError, SourceError } from '../../csv/errors.ts'
import { type CellTable, readOwnCells } from '../../csv/ownCsv.ts'
import { KEPT_HEAD } from '../../http/body.ts'
import { createColumnCheck, createCorrelator } from '../../matching/correlate.ts'
import { type SyncPlan, wireColumns } from '../../plan/syncPlan.ts'
import { ingestColumns } from '../../results/recordAnswer.ts'
import { readIngestResults } from '../../salesforce/ingestJobs.ts'
import {
  INGEST_RESULTS,
  type IngestJob,
  type IngestResultsKind,
  type SalesforceConnection,
} from '../../salesforce/salesforceConnection.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { type ChunkAttempt, chunkFiles } from '../layout.ts'
import { readStoredCells, storedRecords } from '../runRecords.ts'
import type { OperationAttempt, RowAnswer } from '../settleAttempt.ts'
import { IngestAnswers } from './ingestAnswers.ts'
import { missingOf, type ReadLines } from './jobReading.ts'

export type EndedChunk = {
  readonly store: RunStore
  readonly place: OperationAttempt
  readonly plan: SyncPlan
  readonly job: IngestJob
  readonly kinds: readonly IngestResultsKind[]
  /** The answer for a record that the job did not process. */
  readonly unprocessed: RowAnswer
  /** Bytes of the longest results that these records can have. */
  readonly longest: number
  readonly signal: AbortSignal
}

/** The answers of one reading of a job's results. */
export type ReadAnswers = {
  readonly answers: IngestAnswers
  readonly lines: ReadLines
  /** What the results lack; undefined when they are complete. */
  readonly problem: string | undefined
}

/**
 * Gives each record sent its answer.
 * @param changed columns that do not identify records
 */
export function matchResults(chunk: EndedChunk, changed: readonly string[] = []): Promise<ReadAnswers> {
  return withResults(chunk, async (files, problems) => {
    const headers = files.map(({ reader }) => reader.header)
    const correlator = createCorrelator(chunk.plan, chunk.place.operation, headers, changed)
    let sent = 0
    await eachSent(chunk, rows => {
      correlator.sent(rows)
      sent += rows.records
    })
    const answers = new IngestAnswers(chunk.job, chunk.place.operation, sent, chunk.unprocessed)
    const lines = { successful: 0, failed: 0, unprocessed: 0 }
    let read = 0
    for (const [at, file] of files.entries()) {
      const find = correlator.match[at]
      const columns = ingestColumns(file.kind, file.reader.header)
      const problem = await eachResult(chunk, file, (results, index) => {
        read += 1
        if (read > sent) return false
        lines[file.kind] += 1
        answers.addResult(find?.(results, index), columns, results, index)
        return true
      })
      if (problem !== undefined) problems.push(problem)
    }
    const tooMany = read > sent ? `${sent} records were sent, and there are more results than that` : undefined
    const problem = problems[0] ?? tooMany ?? missingOf(chunk.job, lines, sent)
    answers.close(correlator.unanswered(), problem === undefined)
    return {
      answers,
      lines,
      problem: problem ?? (answers.leavesDoubt ? 'some match no record that was sent' : undefined),
    }
  })
}

/** The columns whose values this org rewrites. */
export function changedColumns(chunk: EndedChunk): Promise<readonly string[]> {
  return withResults(chunk, async files => {
    const headers = files.map(({ reader }) => reader.header)
    const check = createColumnCheck(chunk.plan, chunk.place.operation, headers)
    await eachSent(chunk, check.sent)
    for (const [at, file] of files.entries()) {
      await eachResult(chunk, file, (results, index) => {
        check.result[at]?.(results, index)
        return true
      })
    }
    return check.changed()
  })
}

async function eachSent({ store, place, signal }: EndedChunk, take: (rows: CellBatch) => void): Promise<void> {
  const reader = await readStoredCells(store, chunkFiles(place.chunk, place.attempt).csv)
  try {
    for await (const rows of reader.batches) {
      take(rows)
      signal.throwIfAborted()
    }
  } finally {
    await reader.close()
  }
}

/**
 * Takes the lines of a result file up to the first that is cut.
 * @param take returns false to stop
 * @returns why the file was not read to its end
 */
async function eachResult(
  { signal }: EndedChunk,
  { kind, reader }: ResultFile,
  take: (results: CellBatch, index: number) => boolean,
): Promise<string | undefined> {
  try {
    for await (const results of reader.batches) {
      const { firstCells, records } = results
      for (let index = 0; index < records; index++) {
        const width = (firstCells[index + 1] as number) - (firstCells[index] as number)
        if (width < reader.header.length) return cutIn(kind)
        if (!take(results, index)) return undefined
      }
      signal.throwIfAborted()
    }
    return undefined
  } catch (error) {
    if (error instanceof SourceError) return cutIn(kind)
    throw error
  }
}

const cutIn = (kind: IngestResultsKind): string => `the ${kind} results end in the middle of a line`

/** The results of one ingest job, downloaded to the run store. */
type ResultFile = { readonly kind: IngestResultsKind; readonly reader: CellTable }

/** The file of a job's results. It is never removed: another workflow under the same run id may be reading it. */
const fileOf = (place: ChunkAttempt, kind: IngestResultsKind): string =>
  chunkFiles(place.chunk, place.attempt).answers[kind]

/**
 * The results of a job that are worth a request: none of a job that was aborted before it processed any record, and the successful ones alone
 * of a job that reports every record as such, unless a reading has shown that its counts are wrong.
 * @param sent records of the job
 */
export function kindsOf(job: IngestJob, sent: number, isReadAgain: boolean): readonly IngestResultsKind[] {
  const { state, numberRecordsProcessed: processed, numberRecordsFailed: failed } = job
  if (state === 'Aborted' && processed === 0) return []
  const isFlawless = state === 'JobComplete' && failed === 0 && processed === sent
  return isFlawless && !isReadAgain ? ['successful'] : INGEST_RESULTS
}

/** Records of the chunk in this attempt. */
export async function countSent(store: RunStore, { chunk, attempt }: ChunkAttempt): Promise<number> {
  let records = 0
  for await (const { count } of storedRecords(store, chunkFiles(chunk, attempt).rows)) records += count
  return records
}

/** Bytes that a record has in the results beside its own: Id, code and message. */
const RESULT_BYTES = 4_096
/** Salesforce writes values with quotes and in longer forms. */
const GROWTH = 4
const SLACK = 1024 * 1024

/** Bytes of the longest results that so many records of the chunk can have. */
export async function longestResults(store: RunStore, { chunk, attempt }: ChunkAttempt, sent: number): Promise<number> {
  const bytes = (await store.size(chunkFiles(chunk, attempt).csv)) ?? 0
  return GROWTH * bytes + sent * RESULT_BYTES + SLACK
}

/** Downloads the results of a job as they are. They are read afterwards, so no connection is held open between downloads. */
export async function downloadResults(
  { store, place, kinds, job, longest, signal }: EndedChunk,
  salesforce: SalesforceConnection,
): Promise<void> {
  for (const kind of kinds) {
    await store.write(fileOf(place, kind), upTo(longest, await salesforce.ingestResults(job.id, kind, signal)))
  }
}

/** Ends after so many bytes; then the last line is cut, which the reader of the file detects. */
async function* upTo(longest: number, blocks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let left = longest
  for await (const block of blocks) {
    if (block.length >= left) {
      yield block.subarray(0, left)
      return
    }
    left -= block.length
    yield block
  }
}

/** Opens downloaded results, the file with the most columns first, as the correlator requires. Closes them at the end. */
async function withResults<T>(
  chunk: EndedChunk,
  read: (files: readonly ResultFile[], problems: string[]) => Promise<T>,
): Promise<T> {
  const { place, kinds, plan } = chunk
  const files: ResultFile[] = []
  const problems: string[] = []
  try {
    for (const kind of kinds) {
      const reader = await openResults(chunk, kind, problems)
      if (reader === undefined) continue
      files.push({ kind, reader })
      if (hasColumnsOf(kind, reader.header, plan, place.operation)) continue
      problems.push(`the ${kind} results are not those of an ingest job`)
      files.pop()
      await reader.close()
    }
    return await read(
      files.toSorted((a, b) => b.reader.header.length - a.reader.header.length),
      problems,
    )
  } finally {
    await Promise.all(files.map(({ reader }) => reader.close()))
  }
}

/** A page, or the answer to another question, has none of the columns. */
function hasColumnsOf(
  kind: IngestResultsKind,
  header: readonly string[],
  plan: SyncPlan,
  operation: OperationAttempt['operation'],
): boolean {
  const names = new Set(header.map(name => name.toLowerCase()))
  if (kind === 'successful') return names.has('sf__id') && names.has('sf__created')
  if (kind === 'failed') return names.has('sf__error')
  return wireColumns(plan, operation).some(({ name }) => names.has(name.toLowerCase()))
}

/** An empty file has no results and no header. */
async function openResults(
  { store, place, job, longest }: EndedChunk,
  kind: IngestResultsKind,
  problems: string[],
): Promise<CellTable | undefined> {
  const path = fileOf(place, kind)
  const head = (await store.part(path, 0, KEPT_HEAD)) ?? Buffer.alloc(0)
  const bytes = readIngestResults(head, await store.read(path), job.id, kind)
  try {
    return await readOwnCells(`${store.location}/${path}`, upTo(longest, bytes))
  } catch (error) {
    if (error instanceof SourceEmptyError) return undefined
    if (!(error instanceof SourceError)) throw error
    problems.push(`${path} is not CSV`)
    return undefined
  }
}
