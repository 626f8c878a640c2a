import { isDeepStrictEqual } from 'node:util'
import { CellReader } from '../../../csv/cellReader.ts'
import { csvRecordBytes } from '../../../csv/recordBytes.ts'
import { KeyMatches } from '../../../matching/keyMatches.ts'
import { RecordKeys } from '../../../matching/recordKeys.ts'
import { type KeyField, keyFormOf } from '../../../salesforce/keyForms.ts'
import { type SearchFolder, sortedFolder } from '../../layout.ts'
import type { StagedChunk } from '../../staged.ts'
import { chunkGroups, eachKey, keyFilesOf, keyReaders, recordsIn } from '../keyedChunks.ts'
import type { FoundRecords } from '../search/orgSearch.ts'
import { columnsAt, columnsOf, type PageColumns, readKeys, selectedPaths } from '../search/searchPages.ts'
import { type Comparing, compareChunk } from './comparedChunk.ts'
import { RecordSorter } from './recordSorter.ts'

/** What was read of the org for the records that are found by the same fields. */
export type FoundValues = {
  readonly folder: SearchFolder
  readonly keys: readonly KeyField[]
  /** Paths of the values. */
  readonly paths: readonly string[]
  readonly found: FoundRecords
}

/**
 * Compares the chunks of one search with what the org holds, so many records at a time that they fit into memory.
 * @param comparedRecords at most at a time
 */
export async function compareChunks(
  comparing: Comparing,
  values: FoundValues,
  chunks: readonly StagedChunk[],
  comparedRecords: number,
): Promise<void> {
  const { store } = comparing
  const groups = chunkGroups(chunks, comparedRecords)
  const most = Math.max(...groups.map(recordsIn))
  const joining: Joining = {
    keys: new RecordKeys(values.keys.map(keyFormOf)),
    matches: new KeyMatches(most),
    rows: new RowsOfKeys(most),
    sorter: new RecordSorter(store, sortedFolder(values.folder)),
    columns: expectedColumns(values),
  }
  for (const group of groups) await compareGroup(comparing, values, joining, group)
}

/** The memory in which records are joined: one group of chunks after the other. */
type Joining = {
  readonly keys: RecordKeys
  readonly matches: KeyMatches
  readonly rows: RowsOfKeys
  readonly sorter: RecordSorter
  /** As the query selects them. */
  readonly columns: PageColumns
}

async function compareGroup(
  comparing: Comparing,
  values: FoundValues,
  joining: Joining,
  chunks: readonly StagedChunk[],
): Promise<void> {
  const { store, step } = comparing
  const { keys, matches, rows, sorter, columns } = joining
  matches.clear()
  rows.clear()
  await eachKey(store, keyFilesOf(chunks), step, values.keys.length, cells => {
    rows.add(matches.addRow(keys.read(cells) ? keys.hash : undefined))
  })
  try {
    for (const page of values.found.pages) {
      step.heartbeat({ joining: page })
      await sortPage(comparing, values, page, joining)
    }
    const fields = values.keys.map(({ name }) => name)
    const held = { fields, matches, records: sorter.sorted(), columns, at: values.found.at }
    let firstRow = 0
    for (const chunk of chunks) {
      step.heartbeat({ comparing: chunk.chunk })
      await compareChunk(comparing, held, chunk, firstRow)
      firstRow += chunk.records
    }
    await held.records.close()
  } finally {
    await sorter.clear()
  }
}

/** Adds the records of a page that a row means. */
async function sortPage(
  { store, step }: Comparing,
  { keys: fields, paths }: FoundValues,
  page: string,
  { keys, matches, rows, sorter, columns }: Joining,
): Promise<void> {
  const [id, cells] = [new CellReader(), keyReaders(fields.length)]
  let first = 1
  for await (const records of csvRecordBytes(store.blocks(page), page)) {
    step.signal.throwIfAborted()
    const { bytes, count, starts } = records
    if (first === 1 && !isDeepStrictEqual(columnsOf(records, { store, page, keys: fields, paths }), columns)) {
      throw new RangeError(`${store.location}: the columns of ${page} are not in the order of the query`)
    }
    for (let index = first; index < count; index++) {
      const [start, end] = [starts[index] as number, starts[index + 1] as number]
      if (!keys.read(readKeys(cells, columns, bytes, start, end - 1))) continue
      id.readAt(columns.id, bytes, start, end - 1)
      const found = matches.addRecord(keys.hash, id.bytes, id.start, id.end)
      for (let row = rows.first(found); row >= 0; row = rows.next(row)) sorter.add(row, bytes, start, end)
    }
    first = 0
    await sorter.flush()
  }
}

function expectedColumns(search: FoundValues): PageColumns {
  return columnsAt(search, new Map(selectedPaths(search).map((path, index) => [path, index])))
}

/** The rows of each key. Two rows may mean one record, such as one by an Id of 15 characters. */
class RowsOfKeys {
  /** Of each key, its last row, and of each row the one before; both counted from 1. */
  readonly #last: Uint32Array
  readonly #before: Uint32Array
  #rows = 0

  constructor(rows: number) {
    this.#last = new Uint32Array(rows + 1)
    this.#before = new Uint32Array(rows + 1)
  }

  clear(): void {
    this.#last.fill(0)
    this.#before.fill(0)
    this.#rows = 0
  }

  /** @param key of the next row, counted from 1; 0 for none */
  add(key: number): void {
    this.#rows += 1
    if (key === 0) return
    this.#before[this.#rows] = this.#last[key] as number
    this.#last[key] = this.#rows
  }

  /** A row of the key, counted from 0; -1 when there is none. */
  first(key: number): number {
    return (key === 0 ? 0 : (this.#last[key] as number)) - 1
  }

  /** The next row of the same key; -1 after the last. */
  next(row: number): number {
    return (this.#before[row + 1] as number) - 1
  }
}
