import { csvCells } from '../../csv/ownCsv.ts'
import { csvRecordBytes, recordText } from '../../csv/recordBytes.ts'
import { isSearched, type SyncPlan, wireColumns } from '../../plan/syncPlan.ts'
import { readChunkResult, recordResults } from '../../results/chunkResults.ts'
import type { RowStream } from '../../results/mergeByRow.ts'
import { compilePlanLine, type PlannedRecord } from '../../results/planLines.ts'
import { type ResultBatch, resultBatch } from '../../results/resultBatch.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { CLEAR } from '../../values/fieldValue.ts'
import { chunkFiles, REJECTED_RESULTS_FILE } from '../layout.ts'
import { pairedLines, type StagedRun, storedRecords } from '../runRecords.ts'
import type { StagedChunk } from '../staged.ts'

/** Lines of plan.csv, with the row of each. */
export type PlanStream = RowStream<ResultBatch>

/** The lines of all records of a run as streams in row order: those rejected while they were staged, those compared, and creates. */
export function planStreams(store: RunStore, plan: SyncPlan, { chunks }: StagedRun): readonly PlanStream[] {
  return [
    { firstRow: 1, open: () => batches(rejectedLines(store, plan)) },
    ...chunks.map(chunk => ({ firstRow: chunk.firstRow, open: () => chunkLines(store, plan, chunk) })),
  ]
}

function chunkLines(store: RunStore, plan: SyncPlan, chunk: StagedChunk): AsyncGenerator<ResultBatch> {
  if (!isSearched(plan, chunk.operation)) return batches(createLines(store, plan, chunk))
  return comparedLines(store, chunkFiles(chunk.chunk, 1).plan)
}

async function* comparedLines(store: RunStore, path: string): AsyncGenerator<ResultBatch> {
  for await (const lines of storedRecords(store, path)) yield resultBatch(lines)
}

async function* batches(lines: AsyncIterable<Uint8Array>): AsyncGenerator<ResultBatch> {
  for await (const records of csvRecordBytes(lines)) yield resultBatch(records)
}

const UNCHANGED = { id: '', changes: [], errorCode: '', errorMessage: '' } as const

async function* rejectedLines(store: RunStore, plan: SyncPlan): AsyncGenerator<Uint8Array> {
  const lineOf = compilePlanLine(plan)
  for await (const lines of storedRecords(store, REJECTED_RESULTS_FILE)) {
    const results = recordResults(
      Array.from({ length: lines.count }, (_, at) => readChunkResult(recordText(lines, at))),
    )
    const texts = results.map(({ row, operation, errorCode, errorMessage, identity }) => {
      const record = { ...UNCHANGED, row, verdict: 'rejected', operation, errorCode, errorMessage } as const
      return lineOf(record, identityCells(identity))
    })
    yield Buffer.from(texts.join(''))
  }
}

/** The org is not asked about plain creates. */
async function* createLines(
  store: RunStore,
  plan: SyncPlan,
  { chunk, operation }: StagedChunk,
): AsyncGenerator<Uint8Array> {
  const lineOf = compilePlanLine(plan)
  const fields = wireColumns(plan, operation).map(({ field, name }) => field?.name ?? name)
  const { csv, rows } = chunkFiles(chunk, 1)
  for await (const pairs of pairedLines(store, csv, rows)) {
    const texts = pairs.map(([cells, [row = '', ...identity]]) => {
      const changes = fields.flatMap((field, index) => changeOf(field, cells[index]))
      const record: PlannedRecord = { ...UNCHANGED, row: Number(row), verdict: 'create', operation, changes }
      return lineOf(record, identityCells(identity))
    })
    yield Buffer.from(texts.join(''))
  }
}

function changeOf(field: string, cell = ''): PlannedRecord['changes'] {
  return cell === '' || cell === CLEAR ? [] : [{ field, old: '', new: cell }]
}

const identityCells = (identity: readonly string[]): string => (identity.length === 0 ? '' : `,${csvCells(identity)}`)
