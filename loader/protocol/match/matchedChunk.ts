import { CellReader } from '../../csv/cellReader.ts'
import { csvLine } from '../../csv/ownCsv.ts'
import type { KeyMatches } from '../../matching/keyMatches.ts'
import { namedKey } from '../../matching/repeatedKeys.ts'
import { identifyingFields, wireColumns } from '../../plan/syncPlan.ts'
import { chunkResultsHeader, chunkResultsText } from '../../results/chunkResults.ts'
import type { ErrorCounter } from '../../results/errorCounts.ts'
import { utcTimestamp } from '../../results/resultsCsv.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { chunkFiles, keyedChunkFiles } from '../layout.ts'
import type { PlannedRun } from '../runRecords.ts'
import type { StagedChunk } from '../staged.ts'
import { type SourceLine, sourceOf, visitRecords } from './chunkRecords.ts'
import { CopiedFile } from './copiedFile.ts'
import { keyReaders, readFirstCells } from './keyedChunks.ts'
import { unusableKey } from './unusableKey.ts'

export type MatchedChunkFacts = {
  readonly store: RunStore
  readonly run: PlannedRun
  /** When the org was read, epoch milliseconds. */
  readonly at: number
  /** Counts why records cannot be sent. */
  readonly errors: ErrorCounter
  readonly signal: AbortSignal
}

/**
 * Writes a chunk as it will be sent, with the Id in place of the keys, and the results of records whose key finds no record, or several.
 * The bytes are copied as they were staged. Returns the number of records that are left.
 * @param firstRow of the chunk in the matches
 */
export async function writeMatchedChunk(
  facts: MatchedChunkFacts,
  { chunk, operation }: StagedChunk,
  matches: KeyMatches,
  firstRow: number,
): Promise<number> {
  const { store, run, signal } = facts
  const [keyed, files] = [keyedChunkFiles(chunk), chunkFiles(chunk, 1)]
  const csv = new CopiedFile(store.writer(files.csv))
  const rows = new CopiedFile(store.writer(files.rows))
  const rejected = new CopiedFile(store.writer(files.unsent))
  const keys = identifyingFields(run.plan, operation).map(({ name }) => name)
  // The Id follows the keys; what was staged as such is left out.
  const [cells, id] = [keyReaders(keys.length), new CellReader()]
  const first = [...cells, id]
  const named = () =>
    namedKey(
      keys,
      cells.map(({ text }) => text),
    )
  let row = firstRow
  let left = 0
  try {
    rows.addText(csvLine(['row', ...run.plan.identityFields]))
    csv.addText(csvLine(wireColumns(run.plan, operation).map(({ name }) => name)))
    rejected.addText(chunkResultsHeader(run.plan.identityFields))
    await visitRecords(store, signal, keyed, {
      take: (bytes, start, end, source) => {
        readFirstCells(first, bytes, start, end - 1)
        if (matches.count(row) === 1) {
          left++
          csv.addId(matches, row)
          csv.add(bytes, id.next - 1, end)
          rows.add(source.bytes, source.start, source.end)
        } else rejected.addText(rejectionLine(facts, operation, named(), matches, row, source))
        row++
      },
      flush: async () => {
        for (const copied of [csv, rows, rejected]) await copied.flush()
      },
    })
    for (const copied of [csv, rows, rejected]) await copied.finish()
  } catch (error) {
    for (const copied of [csv, rows, rejected]) await copied.discard()
    throw error
  }
  return left
}

function rejectionLine(
  { run, at, errors }: MatchedChunkFacts,
  operation: StagedChunk['operation'],
  key: string,
  matches: KeyMatches,
  row: number,
  source: SourceLine,
): string {
  const { row: number, identity } = sourceOf(source)
  const reason = unusableKey(run.plan, key, matches, row)
  errors.add({ row: number, ...reason })
  const result = { row: number, operation, outcome: 'failed', id: '', ...reason } as const
  return chunkResultsText({ ...result, timestamp: utcTimestamp(at) }, identity)
}
