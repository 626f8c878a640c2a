// The chunks of an update by key fields as they were staged: the keys are the first cells of each record, and the Id is blank.
import { CellReader } from '../../csv/cellReader.ts'
import { csvRecordBytes } from '../../csv/recordBytes.ts'
import type { Step } from '../../step.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { keyedChunkFiles } from '../layout.ts'
import type { StagedChunk } from '../staged.ts'

/** A file of keys: they are the first cells of each of its records. */
export type KeyFile = { readonly path: string; readonly records: number }

export const keyFilesOf = (chunks: readonly StagedChunk[]): readonly KeyFile[] =>
  chunks.map(({ chunk, records }) => ({ path: keyedChunkFiles(chunk).csv, records }))

type Counted = Pick<KeyFile, 'records'>

export const recordsIn = (parts: readonly Counted[]): number => parts.reduce((sum, { records }) => sum + records, 0)

/** Consecutive chunks, or files, that have together at most so many records, or a single one. */
export function chunkGroups<Part extends Counted>(chunks: readonly Part[], most: number): readonly (readonly Part[])[] {
  const groups: Part[][] = []
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
 * Visits all keys in order.
 * @param fields number of the key fields
 * @param visit gets one cell for each key field
 */
export async function eachKey(
  store: RunStore,
  files: readonly KeyFile[],
  { signal }: Pick<Step, 'signal'>,
  fields: number,
  visit: (cells: readonly CellReader[]) => void,
): Promise<void> {
  const cells = keyReaders(fields)
  for (const { path } of files) {
    let first = 1
    for await (const { bytes, count, starts } of csvRecordBytes(store.blocks(path), path)) {
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
