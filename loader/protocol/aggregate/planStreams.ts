import { csvCells } from '../../csv/ownCsv.ts'
import { csvRecordBytes, recordText } from '../../csv/recordBytes.ts'
import type { SyncPlan } from '../../plan/syncPlan.ts'
import { readChunkResult, recordResults } from '../../results/chunkResults.ts'
import type { RowStream } from '../../results/mergeByRow.ts'
import { compilePlanLine } from '../../results/planLines.ts'
import { type ResultBatch, resultBatch } from '../../results/resultBatch.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { chunkFiles, REJECTED_RESULTS_FILE } from '../layout.ts'
import { mergedBlockBytes, type StagedRun, storedRecords } from '../runRecords.ts'

/** Lines of plan.csv, with the row of each. */
export type PlanStream = RowStream<ResultBatch>

/** The lines of all records of a run as streams in row order: those rejected while they were staged, and those of every chunk. */
export function planStreams(store: RunStore, plan: SyncPlan, { chunks }: StagedRun): readonly PlanStream[] {
  const blockBytes = mergedBlockBytes(chunks.length + 1)
  return [
    { firstRow: 1, open: () => batches(rejectedLines(store, plan)) },
    ...chunks.map(({ chunk, firstRow }) => ({
      firstRow,
      open: () => comparedLines(store, chunkFiles(chunk, 1).plan, blockBytes),
    })),
  ]
}

async function* comparedLines(store: RunStore, path: string, blockBytes: number): AsyncGenerator<ResultBatch> {
  for await (const lines of storedRecords(store, path, blockBytes)) yield resultBatch(lines)
}

async function* batches(lines: AsyncIterable<Uint8Array>): AsyncGenerator<ResultBatch> {
  for await (const records of csvRecordBytes(lines)) yield resultBatch(records)
}

async function* rejectedLines(store: RunStore, plan: SyncPlan): AsyncGenerator<Uint8Array> {
  const lineOf = compilePlanLine(plan)
  for await (const lines of storedRecords(store, REJECTED_RESULTS_FILE)) {
    const results = recordResults(
      Array.from({ length: lines.count }, (_, at) => readChunkResult(recordText(lines, at))),
    )
    const texts = results.map(({ row, operation, errorCode, errorMessage, identity }) => {
      const record = { row, verdict: 'rejected', operation, id: '', changes: [], errorCode, errorMessage } as const
      return lineOf(record, identityCells(identity))
    })
    yield Buffer.from(texts.join(''))
  }
}

const identityCells = (identity: readonly string[]): string => (identity.length === 0 ? '' : `,${csvCells(identity)}`)
