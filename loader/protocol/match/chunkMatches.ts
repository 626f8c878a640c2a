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
import { eachKey, keyFilesOf, keyReaders, recordsIn } from './keyedChunks.ts'
import { writeMatchedChunk } from './matchedChunk.ts'
import type { FoundRecords } from './search/orgSearch.ts'
import { columnsOf, type PageColumns, readKeys } from './search/searchPages.ts'

export type ChunkMatching = {
  readonly store: RunStore
  readonly run: PlannedRun
  readonly keys: readonly KeyField[]
  readonly found: FoundRecords
  /** Counts why records cannot be sent. */
  readonly errors: ErrorCounter
  readonly step: Step
}

/** Joins the keys of the chunks with the records of the org, and writes the chunks as they will be sent. Returns the records left in each. */
export async function matchChunks(matching: ChunkMatching, chunks: readonly StagedChunk[]): Promise<StagedChunk[]> {
  const { store, run, found, errors, step } = matching
  const keys = new RecordKeys(matching.keys.map(keyFormOf))
  const matches = new KeyMatches(recordsIn(chunks))
  await eachKey(store, keyFilesOf(chunks), step, matching.keys.length, cells => {
    matches.addRow(keys.read(cells) ? keys.hash : undefined)
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

async function addPage(
  { store, keys: fields, step }: ChunkMatching,
  page: string,
  keys: RecordKeys,
  matches: KeyMatches,
) {
  const [id, cells] = [new CellReader(), keyReaders(fields.length)]
  let columns: PageColumns | undefined
  for await (const records of csvRecordBytes(store.blocks(page), page)) {
    step.signal.throwIfAborted()
    const { bytes, count, starts } = records
    const first = columns === undefined ? 1 : 0
    columns ??= columnsOf(records, { store, page, keys: fields, paths: [] })
    for (let index = first; index < count; index++) {
      const [start, end] = [starts[index] as number, (starts[index + 1] as number) - 1]
      if (!keys.read(readKeys(cells, columns, bytes, start, end))) continue
      id.readAt(columns.id, bytes, start, end)
      matches.addRecord(keys.hash, id.bytes, id.start, id.end)
    }
  }
}
