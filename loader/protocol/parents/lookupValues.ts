// The different values of the source by which parents are found, as files of keys in the run store.
import type { CellBatch } from '../../csv/cells.ts'
import { LineBuffer } from '../../csv/lineBuffer.ts'
import { csvLine } from '../../csv/ownCsv.ts'
import { type KeyCell, RecordKeys } from '../../matching/recordKeys.ts'
import { RowTable } from '../../matching/rowTable.ts'
import { type LookupSearch, lookupSearches } from '../../plan/lookupSearches.ts'
import { keyFormOf } from '../../salesforce/keyForms.ts'
import type { RunFileWriter, RunStore } from '../../storage/runStore.ts'
import { isBlank } from '../../values/text.ts'
import { lookupKeysFile, type ScanFolder } from '../layout.ts'
import type { KeyFile } from '../match/keyedChunks.ts'
import type { OpenFirstReading } from '../scan/firstReading.ts'
import type { LookupValues } from '../scan/scanFacts.ts'
import { compileLookupKey, isFoundByText } from './lookupKey.ts'

/** Keys in memory, in at most 20 bytes each. Beyond them a key may be listed twice, which costs nothing but a place in a query. */
const KNOWN_KEYS = 2_000_000

/** Keys for which memory is taken at once, 3 MB: a table that grows leaves several times its size as garbage. */
const FIRST_KEYS = 200_000

/** Keys of a file: so many are searched for by lists at a time. */
const FILE_KEYS = 100_000

/** Bytes collected before they are written to the file. */
const BLOCK = 64_000

/** Collects the values of the mapped fields whose parents are found in the org. */
export const readLookupValues: OpenFirstReading = ({ run: { plan }, values, store, folder }) => {
  const lists = lookupSearches(plan).map(search => new KeyList(search, store, folder))
  if (lists.length === 0) return undefined
  const readers = lists.flatMap(list =>
    list.search.fields.map(({ name, mapping }) => ({
      name,
      list,
      keyOf: compileLookupKey(list.search.searched.by, 'from' in mapping ? mapping.from : [], plan.formats),
    })),
  )
  return {
    take: batch => {
      for (let record = 0; record < batch.records; record++) {
        for (const { name, list, keyOf } of readers) {
          // No string is made of a value that was seen before, which most are.
          const plain = list.isText ? values.plainCell(batch, record, name) : -1
          if (plain >= 0 && list.knows(batch, plain)) continue
          const read = values.read(batch, record, name)
          if (read === undefined || read.some(isBlank)) continue
          const key = keyOf(read)
          // The record of a value that cannot be read is rejected when it is staged.
          if (!('code' in key)) list.add(key)
        }
      }
    },
    flush: async () => {
      for (const list of lists) await list.flush()
    },
    finish: async () => {
      const lookups: LookupValues[] = []
      for (const list of lists) lookups.push(await list.finish())
      return { lookups }
    },
    discard: async () => {
      for (const list of lists) await list.discard()
    },
  }
}

type OpenFile = { readonly path: string; readonly writer: RunFileWriter }

/** The different keys of one search. */
class KeyList {
  readonly search: LookupSearch
  /** Whether `knows` may be asked. */
  readonly isText: boolean
  readonly #store: RunStore
  readonly #folder: ScanFolder
  readonly #keys: RecordKeys
  readonly #files: KeyFile[] = []
  readonly #lines = new LineBuffer()
  readonly #cell: { -readonly [Key in keyof KeyCell]: KeyCell[Key] } = { bytes: Buffer.alloc(0), start: 0, end: 0 }
  #known = new RowTable(FIRST_KEYS)
  #open: OpenFile | undefined
  /** Of the open file. */
  #records = 0

  constructor(search: LookupSearch, store: RunStore, folder: ScanFolder) {
    this.search = search
    this.isText = isFoundByText(search.searched.by)
    this.#store = store
    this.#folder = folder
    this.#keys = new RecordKeys(search.searched.by.map(keyFormOf))
  }

  /** Whether the key is listed that the bytes of a cell are. */
  knows({ bytes, starts, ends }: CellBatch, cell: number): boolean {
    const value = this.#cell
    value.bytes = bytes
    value.start = starts[cell] as number
    value.end = ends[cell] as number
    return this.#keys.read([value]) && this.#known.get(this.#keys.hash) !== 0
  }

  add(key: readonly string[]): void {
    if (!this.#keys.readTexts(key) || this.#known.get(this.#keys.hash) !== 0) return
    if (this.#known.size === KNOWN_KEYS) this.#known = new RowTable(FIRST_KEYS)
    this.#known.set(this.#keys.hash, 1)
    this.#lines.text(csvLine(key))
    this.#records += 1
  }

  async flush(least = BLOCK): Promise<void> {
    if (this.#lines.length >= least) await this.#write()
    if (this.#records >= FILE_KEYS) await this.#close()
  }

  async finish(): Promise<LookupValues> {
    await this.#close()
    const { place, searched, fields } = this.search
    const columns = fields.flatMap(({ mapping }) => ('from' in mapping ? mapping.from : []))
    return { place, object: searched.name, columns: [...new Set(columns)], files: this.#files }
  }

  async discard(): Promise<void> {
    await this.#open?.writer.discard()
  }

  async #write(): Promise<void> {
    this.#open ??= await this.#newFile()
    await this.#open.writer.write(this.#lines.written)
    this.#lines.clear()
  }

  async #close(): Promise<void> {
    if (this.#records === 0) return
    await this.#write()
    const { path, writer } = this.#open as OpenFile
    await writer.finish()
    this.#files.push({ path, records: this.#records })
    this.#open = undefined
    this.#records = 0
  }

  async #newFile(): Promise<OpenFile> {
    const path = lookupKeysFile(this.#folder, this.search.place, this.#files.length + 1)
    const writer = this.#store.writer(path)
    await writer.write(csvLine(this.search.searched.by.map(({ name }) => name)))
    return { path, writer }
  }
}
