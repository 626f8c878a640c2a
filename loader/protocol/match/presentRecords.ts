// Which records of a scope the source has: its keys are read so many at a time that they fit into memory.
import type { CellReader } from '../../csv/cellReader.ts'
import { csvRecordBytes, type RecordBytes } from '../../csv/recordBytes.ts'
import { RecordKeys } from '../../matching/recordKeys.ts'
import { RowTable } from '../../matching/rowTable.ts'
import { type KeyField, roundedKeyFormOf } from '../../salesforce/keyForms.ts'
import type { Step } from '../../step.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { UNSTAGED_KEYS_FILE } from '../layout.ts'
import { storedRecords } from '../runRecords.ts'
import type { StagedChunk } from '../staged.ts'
import { chunkGroups, eachKey, keyFilesOf, keyReaders, readFirstCells } from './keyedChunks.ts'
import { readKeys } from './search/searchPages.ts'

export type SourceKeys = {
  readonly store: RunStore
  readonly step: Step
  /** By which the source names its records. */
  readonly fields: readonly KeyField[]
  /** The chunks with the keys. */
  readonly chunks: readonly StagedChunk[]
  /** Keys in memory at a time. */
  readonly joinedRecords: number
}

export type ScopePages = {
  readonly pages: readonly string[]
  /** Places of the key fields in a record of a page. */
  readonly keys: readonly number[]
}

/** A bit for each record of a scope, in the order of its pages. */
export class PresentRecords {
  #bits = new Uint8Array(1_024)
  /** Records of the scope, and those of them that the source has. */
  records = 0
  present = 0

  has(index: number): boolean {
    return ((this.#bits[index >> 3] as number) & (1 << (index & 7))) !== 0
  }

  add(index: number): void {
    if (this.has(index)) return
    this.#bits[index >> 3] = (this.#bits[index >> 3] as number) | (1 << (index & 7))
    this.present += 1
  }

  /** Counts a record of the scope. */
  count(index: number): void {
    this.records = Math.max(this.records, index + 1)
    if (index >> 3 < this.#bits.length) return
    const larger = new Uint8Array(this.#bits.length * 2)
    larger.set(this.#bits)
    this.#bits = larger
  }
}

/** Finds the records of the scope that a row of the source means, also a row that is rejected. */
export async function presentRecords(keys: SourceKeys, scope: ScopePages): Promise<PresentRecords> {
  const present = new PresentRecords()
  // The hashes of one object are equal for equal keys.
  const form = new RecordKeys(keys.fields.map(roundedKeyFormOf))
  for await (const table of keyTables(keys, form)) await mark(keys, scope, { form, table, present })
  return present
}

/** Visits the records of the pages of a scope in their order. */
export async function eachInScope(
  { store, step }: Pick<SourceKeys, 'store' | 'step'>,
  { pages }: Pick<ScopePages, 'pages'>,
  visit: (records: RecordBytes, record: number, index: number) => void,
  flush: () => Promise<void> = async () => undefined,
): Promise<void> {
  let index = 0
  for (const page of pages) {
    step.heartbeat({ scope: page })
    for await (const records of storedRecords(store, page)) {
      step.signal.throwIfAborted()
      for (let record = 0; record < records.count; record++) visit(records, record, index++)
      await flush()
    }
  }
}

type Marking = { readonly form: RecordKeys; readonly table: RowTable; readonly present: PresentRecords }

async function mark(keys: SourceKeys, scope: ScopePages, { form, table, present }: Marking): Promise<void> {
  const cells = keyReaders(keys.fields.length)
  await eachInScope(keys, scope, ({ bytes, starts }, record, index) => {
    present.count(index)
    readKeys(cells, scope, bytes, starts[record] as number, (starts[record + 1] as number) - 1)
    if (form.read(cells) && table.get(form.hash) !== 0) present.add(index)
  })
}

/** The keys of the rows that go into no chunk, then those of the chunks. */
async function* keyTables(
  { store, step, fields, chunks, joinedRecords }: SourceKeys,
  form: RecordKeys,
): AsyncGenerator<RowTable> {
  const cells = keyReaders(fields.length)
  let table = new RowTable()
  const add = (key: readonly CellReader[]) => {
    if (form.read(key)) table.set(form.hash, 1)
  }
  let first = 1
  for await (const { bytes, count, starts } of csvRecordBytes(store.blocks(UNSTAGED_KEYS_FILE), UNSTAGED_KEYS_FILE)) {
    for (let record = first; record < count; record++) {
      readFirstCells(cells, bytes, starts[record] as number, (starts[record + 1] as number) - 1)
      add(cells)
    }
    first = 0
    if (table.size < joinedRecords) continue
    yield table
    table = new RowTable()
  }
  for (const group of chunkGroups(chunks, joinedRecords)) {
    await eachKey(store, keyFilesOf(group), step, fields.length, add)
    yield table
    table = new RowTable()
  }
  if (table.size > 0 || chunks.length === 0) yield table
}
