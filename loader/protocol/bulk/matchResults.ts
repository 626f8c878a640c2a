import type { CsvTable } from '../../csv/ownCsv.ts'
import { createColumnCheck } from '../../matching/columnCheck.ts'
import { createCorrelator } from '../../matching/correlate.ts'
import type { SyncPlan } from '../../plan/syncPlan.ts'
import { compileIngestResults } from '../../results/recordAnswer.ts'
import type { IngestJob, IngestResultsKind } from '../../salesforce/salesforceConnection.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { chunkFiles } from '../layout.ts'
import type { OperationAttempt, RowAnswer } from '../settleAttempt.ts'
import { storedLines } from '../storedCsv.ts'
import { IngestAnswers } from './ingestAnswers.ts'
import { type ResultFile, withResults } from './jobResults.ts'

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
 * @param changed columns that are no help in telling the records apart
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

/** The columns that this org rewrites in a way of its own. */
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
