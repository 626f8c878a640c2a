// The chunks of an update by key fields as they were staged: the keys are the first cells of each record, and the Id is blank.
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

/** Readers for the cells of a key. */
export const keyReaders = (fields: number): readonly CellReader[] =>
  Array.from({ length: fields }, () => new CellReader())

/**
 * Visits the keys of all records of the chunks in order.
 * @param fields number of the key fields
 * @param visit gets one cell for each key field
 */
export async function eachKey(
  store: RunStore,
  chunks: readonly StagedChunk[],
  { signal }: Pick<Step, 'signal'>,
  fields: number,
  visit: (cells: readonly CellReader[]) => void,
): Promise<void> {
  const cells = keyReaders(fields)
  for (const { chunk } of chunks) {
    const { csv } = keyedChunkFiles(chunk)
    let first = 1
    for await (const { bytes, count, starts } of csvRecordBytes(store.blocks(csv), csv)) {
      signal.throwIfAborted()
      for (let index = first; index < count; index++) {
        readFirstCells(cells, bytes, starts[index] as number, (starts[index + 1] as number) - 1)
        visit(cells)
      }
      first = 0
    }
  }
}

/** Reads as many cells of a record as there are readers. */
export function readFirstCells(cells: readonly CellReader[], bytes: Buffer, start: number, end: number): void {
  let at = start
  for (const cell of cells) at = cell.read(bytes, Math.min(at, end), end).next
}
