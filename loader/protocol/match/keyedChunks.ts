// The chunks of an update by a key field as they were staged: the key is the first cell of each record, and the Id is blank.
import { CellReader } from '../../csv/cellReader.ts'
import { csvRecordBytes } from '../../csv/recordBytes.ts'
import type { Step } from '../../step.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { keyedChunkFiles } from '../layout.ts'
import type { StagedChunk } from '../staged.ts'

export const recordsIn = (chunks: readonly StagedChunk[]): number =>
  chunks.reduce((sum, { records }) => sum + records, 0)

/** Consecutive chunks that have together at most so many records, or a single chunk. */
export function chunkGroups(chunks: readonly StagedChunk[], most: number): readonly (readonly StagedChunk[])[] {
  const groups: StagedChunk[][] = []
  let records = Number.POSITIVE_INFINITY
  for (const chunk of chunks) {
    records += chunk.records
    if (records <= most) groups.at(-1)?.push(chunk)
    else {
      groups.push([chunk])
      records = chunk.records
    }
  }
  return groups
}

/** Visits the keys of all records of the chunks in order. @param visit gets the bytes that hold a key, and where it begins and ends */
export async function eachKey(
  store: RunStore,
  chunks: readonly StagedChunk[],
  { signal }: Pick<Step, 'signal'>,
  visit: (bytes: Buffer, start: number, end: number) => void,
): Promise<void> {
  const cell = new CellReader()
  for (const { chunk } of chunks) {
    const { csv } = keyedChunkFiles(chunk)
    let first = 1
    for await (const { bytes, count, starts } of csvRecordBytes(store.blocks(csv), csv)) {
      signal.throwIfAborted()
      for (let index = first; index < count; index++) {
        cell.read(bytes, starts[index] as number, (starts[index + 1] as number) - 1)
        visit(cell.bytes, cell.start, cell.end)
      }
      first = 0
    }
  }
}
