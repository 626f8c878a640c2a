import { CellReader } from '../../csv/cellReader.ts'
import { csvRecordBytes } from '../../csv/recordBytes.ts'
import { KeyMatches } from '../../matching/keyMatches.ts'
import { RecordKeys } from '../../matching/recordKeys.ts'
import type { ErrorCounter } from '../../results/errorCounts.ts'
import { type KeyField, keyFormOf } from '../../salesforce/keyForms.ts'
import type { Step } from '../../step.ts'
import type { RunStore } from '../../storage/runStore.ts'
import type { PlannedRun } from '../runRecords.ts'
import type { StagedChunk } from '../staged.ts'
import { eachKey, recordsIn } from './keyedChunks.ts'
import { writeMatchedChunk } from './matchedChunk.ts'
import type { FoundRecords } from './orgSearch.ts'
import { columnsOf, type PageColumns } from './searchPages.ts'

export type ChunkMatching = {
  readonly store: RunStore
  readonly run: PlannedRun
  readonly key: KeyField
  readonly found: FoundRecords
  /** Counts why records cannot be sent. */
  readonly errors: ErrorCounter
  readonly step: Step
}

/** Joins the keys of the chunks with the records of the org, and writes the chunks as they will be sent. Returns the records left in each. */
export async function matchChunks(matching: ChunkMatching, chunks: readonly StagedChunk[]): Promise<StagedChunk[]> {
  const { store, run, key, found, errors, step } = matching
  const keys = new RecordKeys(keyFormOf(key))
  const matches = new KeyMatches(recordsIn(chunks))
  await eachKey(store, chunks, step, (bytes, start, end) => {
    matches.addRow(keys.read(bytes, start, end) ? keys.hash : undefined)
  })
  for (const page of found.pages) {
    step.heartbeat({ joining: page })
    await addPage(matching, page, keys, matches)
  }
  const facts = { store, run, at: found.at, errors, signal: step.signal }
  const left: StagedChunk[] = []
  let firstRow = 0
  for (const chunk of chunks) {
    step.heartbeat({ writing: chunk.chunk })
    left.push({ ...chunk, records: await writeMatchedChunk(facts, chunk, matches, firstRow) })
    firstRow += chunk.records
  }
  return left
}

async function addPage({ store, key, step }: ChunkMatching, page: string, keys: RecordKeys, matches: KeyMatches) {
  const [id, value] = [new CellReader(), new CellReader()]
  let columns: PageColumns | undefined
  for await (const records of csvRecordBytes(store.blocks(page), page)) {
    step.signal.throwIfAborted()
    const { bytes, count, starts } = records
    const first = columns === undefined ? 1 : 0
    columns ??= columnsOf(records, { store, page, key, paths: [] })
    for (let index = first; index < count; index++) {
      const [start, end] = [starts[index] as number, (starts[index + 1] as number) - 1]
      value.readAt(columns.key, bytes, start, end)
      if (!keys.read(value.bytes, value.start, value.end)) continue
      id.readAt(columns.id, bytes, start, end)
      matches.addRecord(keys.hash, id.bytes, id.start, id.end)
    }
  }
}
