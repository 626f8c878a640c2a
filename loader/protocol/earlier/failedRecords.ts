// The source of a retry: the records that failed in an earlier run, as its copy of the source has them.

import type { RecordResult } from '../../../packages/client/contract/runReport.ts'
import { recordText } from '../../csv/recordBytes.ts'
import { isSuccess, readChunkResult, recordResults } from '../../results/chunkResults.ts'
import { failedAnswer } from '../../results/recordAnswer.ts'
import { earlierWords } from '../../spec/earlierRun.ts'
import { RunRejectedError } from '../../spec/runRejectedError.ts'
import type { Dependencies } from '../../step.ts'
import { SourceRows } from '../aggregate/rejectedFiles.ts'
import { doubtfulCreates } from './doubtfulCreates.ts'
import { type EarlierRecords, type KnownResult, openEarlier } from './earlierReader.ts'
import { type EarlierFiles, finalResults, readEarlier } from './finalResults.ts'

/** Opens the failed records of a run. Those in doubt that it was to create are searched for first. */
export async function openFailedRecords(
  { runStores, connection }: Pick<Dependencies, 'runStores' | 'connection'>,
  runId: string,
  { onBytes, signal }: { readonly onBytes: (bytes: Uint8Array) => Promise<void>; readonly signal: AbortSignal },
): Promise<EarlierRecords> {
  const earlier = await readEarlier(runStores.open(runId), runId)
  const { store, run, staged } = earlier
  const { rows, known, doubtful } = await sortedOut(earlier)
  if (rows === 0) {
    throw new RunRejectedError(`Run ${runId}`, [
      'only records have failed that its source did not have; the next run of its sync finds them again',
    ])
  }
  if (doubtful.size > 0) {
    const salesforce = connection(run.spec.connection)
    const found = await doubtfulCreates(earlier, new Set(doubtful.keys()), { salesforce, runStores, signal })
    for (const [row, answer] of found) known.set(doubtful.get(row) ?? 0, { ...answer, operation: 'create' })
  }
  async function* records(): AsyncGenerator<readonly (readonly string[])[]> {
    const source = new SourceRows(store, staged)
    try {
      for await (const results of failures(earlier)) {
        const batch: (readonly string[])[] = []
        for (const { row } of results) batch.push(await source.at(row))
        yield batch
      }
    } finally {
      await source.close()
    }
  }
  const { header, delimiter, reading } = staged
  const description = earlierWords({ kind: 'retry', runId })
  const table = { description, header, delimiter, records, isFile: reading !== undefined }
  return { reader: await openEarlier(table, onBytes), known }
}

type SortedOut = {
  /** Of the new source. */
  readonly rows: number
  /** By row of the new source. */
  readonly known: Map<number, KnownResult>
  /** Creates in doubt: the row of the new source, by the row of the earlier one. */
  readonly doubtful: ReadonlyMap<number, number>
}

/** Errors that a second load cannot resolve without a change of the source: alone, the record would be taken for a valid one. */
const OF_THE_SOURCE: readonly string[] = ['KEY_REPEATED', 'MISPLACED_QUOTE']

async function sortedOut(earlier: EarlierFiles): Promise<SortedOut> {
  const known = new Map<number, KnownResult>()
  const doubtful = new Map<number, number>()
  let row = 0
  for await (const results of failures(earlier)) {
    for (const { row: before, outcome, operation, errorCode, errorMessage } of results) {
      row += 1
      if (outcome === 'in_doubt' && operation === 'create') doubtful.set(before, row)
      if (!OF_THE_SOURCE.includes(errorCode)) continue
      known.set(row, { operation, ...failedAnswer({ code: errorCode, message: errorMessage }) })
    }
  }
  return { rows: row, known, doubtful }
}

/** The results of the records that failed or are in doubt, in the order of the source. */
async function* failures(earlier: EarlierFiles): AsyncGenerator<readonly RecordResult[]> {
  for await (const ranges of finalResults(earlier)) {
    const lines: string[] = []
    for (const { batch, from, to } of ranges) {
      for (let at = from; at < to; at++) lines.push(recordText(batch, at))
    }
    // The source has no row of a record that was missing in it; the next run of the sync finds it again.
    const inSource = lines.map(readChunkResult).filter(line => line.row <= earlier.sourceRecords)
    yield recordResults(inSource.filter(line => !isSuccess(line)))
  }
}
