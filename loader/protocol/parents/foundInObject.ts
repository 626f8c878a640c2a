// The records of one search for parents, as the run store has them, in memory.
import { CellReader } from '../../csv/cellReader.ts'
import type { LineBuffer } from '../../csv/lineBuffer.ts'
import { csvRecordBytes } from '../../csv/recordBytes.ts'
import { ParentIndex } from '../../matching/parentIndex.ts'
import { type KeyCell, RecordKeys } from '../../matching/recordKeys.ts'
import { CREATED, type LookupSearch } from '../../plan/lookupSearches.ts'
import { keyFormOf } from '../../salesforce/keyForms.ts'
import { RunRejectedError } from '../../spec/runRejectedError.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { foundFile } from '../layout.ts'
import { keyReaders, recordsIn } from '../match/keyedChunks.ts'
import type { FoundRecords } from '../match/search/orgSearch.ts'
import { columnsOf, readKeys } from '../match/search/searchPages.ts'
import { readJson } from '../runRecords.ts'
import { lookupValuesOf, type ScannedSource } from '../scan/scannedSource.ts'

/** Parents of one search that are kept, in about 150 MB. */
const MOST_PARENTS = 4_000_000

/** The parents that one search has found. `id`, `ids` and `writeId` are of the key that was counted last. */
export class FoundInObject {
  readonly #keys: RecordKeys
  readonly #open: ParentIndex
  /** Records that have a key and are no parents. */
  readonly #closed = new ParentIndex()

  private constructor({ searched }: LookupSearch, keys: number) {
    this.#keys = new RecordKeys(searched.by.map(keyFormOf))
    this.#open = new ParentIndex(keys)
  }

  /** Reads what the search has found. */
  static async read(
    store: RunStore,
    scanned: Pick<ScannedSource, 'folder' | 'lookups'>,
    search: LookupSearch,
  ): Promise<FoundInObject> {
    const { files } = lookupValuesOf(scanned, search.place)
    const found = new FoundInObject(search, recordsIn(files))
    const { pages } = await readJson<FoundRecords>(store, foundFile(scanned.folder, search.place))
    for (const page of pages) await found.#addPage(store, page, search)
    return found
  }

  /** Number of the parents that have the key. */
  count(key: readonly string[]): number {
    return this.#keys.readTexts(key) ? this.#open.count(this.#keys.hash) : 0
  }

  /** The same for a key of one text, as bytes. */
  countOf(cell: KeyCell): number {
    return this.#keys.read([cell]) ? this.#open.count(this.#keys.hash) : 0
  }

  writeId(line: LineBuffer): void {
    this.#open.writeId(line, this.#keys.hash)
  }

  id(): string {
    return this.#open.id(this.#keys.hash)
  }

  ids(): readonly string[] {
    return this.#open.ids(this.#keys.hash)
  }

  closedIds(key: readonly string[]): readonly string[] {
    return this.#keys.readTexts(key) ? this.#closed.ids(this.#keys.hash) : []
  }

  async #addPage(
    store: RunStore,
    page: string,
    { searched: { name, by, closed }, paths }: LookupSearch,
  ): Promise<void> {
    const [cell, id, cells] = [new CellReader(), new CellReader(), keyReaders(by.length)]
    let columns: ReturnType<typeof columnsOf> | undefined
    for await (const records of csvRecordBytes(store.blocks(page), page)) {
      const { bytes, count, starts } = records
      const first = columns === undefined ? 1 : 0
      columns ??= columnsOf(records, { store, page, keys: by, paths })
      const flagAt = closed === undefined ? -1 : (columns.values.get(closed.field) ?? -1)
      const createdAt = columns.values.get(CREATED) ?? -1
      for (let index = first; index < count; index++) {
        const [start, end] = [starts[index] as number, (starts[index + 1] as number) - 1]
        if (!this.#keys.read(readKeys(cells, columns, bytes, start, end))) continue
        const isClosed = flagAt >= 0 && (cell.readAt(flagAt, bytes, start, end).text === 'true') === closed?.value
        const created = createdAt < 0 ? undefined : timeOf(cell.readAt(createdAt, bytes, start, end).text)
        id.readAt(columns.id, bytes, start, end)
        const known = isClosed ? this.#closed : this.#open
        known.add(this.#keys.hash, id.bytes, id.start, id.end, created)
      }
      if (this.#open.size > MOST_PARENTS) throw tooMany(name)
    }
  }
}

/** REST writes the offset as `+0000`. */
const timeOf = (text: string): number => Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))

const tooMany = (object: string): RunRejectedError =>
  new RunRejectedError(`The parents in ${object}`, [
    `more than ${MOST_PARENTS.toLocaleString('en-US')} are found; nothing was sent. Divide the source, or map an External ID of the parents, such as Account.Ext_Id__c`,
  ])
