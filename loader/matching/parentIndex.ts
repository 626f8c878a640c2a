import type { LineBuffer } from '../csv/lineBuffer.ts'
import { SIGNIFICANT } from '../salesforce/keyForms.ts'
import { ID_BYTES, MAX_IDS } from './keyMatches.ts'
import { type KeyHash, RowTable } from './rowTable.ts'

/** From this number on, a value of the table is a key that several records have. */
const SEVERAL = 2 ** 31

/**
 * The records of an object by the hash of their key. A key takes about 36 bytes, 8 more where the oldest record counts, and 112 more if several
 * records have it.
 */
export class ParentIndex {
  readonly #table: RowTable
  readonly #ids = new IdList()
  #size = 0
  /** Of keys with several records: the number of these, the Ids of the first ones, and the Id of the oldest. */
  readonly #counts = new NumberList()
  readonly #several = new IdList()
  readonly #oldest = new IdList()
  /** When the record of a key was created, and the oldest of several, epoch milliseconds; blank unless the oldest counts. */
  readonly #created = new NumberList()
  readonly #oldestCreated = new NumberList()
  #severals = 0

  /** @param expected number of keys */
  constructor(expected = 0) {
    this.#table = new RowTable(expected)
  }

  /** The keys. */
  get size(): number {
    return this.#size
  }

  /** Takes a record; one may come twice. Its Id are the bytes from `start` to before `end`. @param created epoch milliseconds; undefined if it does not count */
  add(hash: KeyHash, bytes: Buffer, start: number, end: number, created: number | undefined): void {
    const place = this.#table.get(hash)
    if (place === 0) {
      this.#size += 1
      this.#ids.set(this.#size, bytes, start, end)
      if (created !== undefined) this.#created.set(this.#size, created)
      this.#table.set(hash, this.#size)
      return
    }
    if (place >= SEVERAL) {
      this.#addTo(place - SEVERAL, bytes, start, end, created)
      return
    }
    if (this.#ids.has(place, bytes, start, end)) return
    const several = this.#severals++
    const id = this.#ids.bytes(place)
    this.#counts.set(several, 1)
    this.#several.set(several * MAX_IDS, id, 0, id.length)
    this.#oldest.set(several, id, 0, id.length)
    if (created !== undefined) this.#oldestCreated.set(several, this.#created.get(place))
    this.#addTo(several, bytes, start, end, created)
    this.#table.set(hash, SEVERAL + several)
  }

  /** Number of the records that have the key. */
  count(hash: KeyHash): number {
    const place = this.#table.get(hash)
    if (place < SEVERAL) return Math.min(place, 1)
    return this.#counts.get(place - SEVERAL)
  }

  /** The Id of the record that has the key; of several the oldest, and of those that are equally old the one with the first Id. */
  id(hash: KeyHash): string {
    const place = this.#table.get(hash)
    return place < SEVERAL ? this.#ids.text(place) : this.#oldest.text(place - SEVERAL)
  }

  /** Writes that Id. */
  writeId(line: LineBuffer, hash: KeyHash): void {
    const place = this.#table.get(hash)
    if (place < SEVERAL) this.#ids.write(line, place)
    else this.#oldest.write(line, place - SEVERAL)
  }

  /** The Ids of the records that have the key, at most five. */
  ids(hash: KeyHash): readonly string[] {
    const place = this.#table.get(hash)
    if (place === 0) return []
    if (place < SEVERAL) return [this.#ids.text(place)]
    const several = place - SEVERAL
    const kept = Math.min(MAX_IDS, this.#counts.get(several))
    return Array.from({ length: kept }, (_, index) => this.#several.text(several * MAX_IDS + index))
  }

  #addTo(several: number, bytes: Buffer, start: number, end: number, created: number | undefined): void {
    const count = this.#counts.get(several)
    const first = several * MAX_IDS
    const kept = Math.min(count, MAX_IDS)
    for (let index = 0; index < kept; index++) if (this.#several.has(first + index, bytes, start, end)) return
    if (count < MAX_IDS) this.#several.set(first + count, bytes, start, end)
    this.#counts.set(several, count + 1)
    if (created !== undefined) this.#takeOldest(several, bytes, start, end, created)
  }

  #takeOldest(several: number, bytes: Buffer, start: number, end: number, created: number): void {
    const before = this.#oldestCreated.get(several)
    if (created > before) return
    if (created === before && this.#oldest.compare(several, bytes, start, end) <= 0) return
    this.#oldest.set(several, bytes, start, end)
    this.#oldestCreated.set(several, created)
  }
}

/** Items of a block: memory grows block by block, so that growth never needs that of a second whole list. */
const BLOCK = 2 ** 15

/** Ids by number, from 0 on. */
class IdList {
  readonly #blocks: Buffer[] = []

  set(index: number, bytes: Buffer, start: number, end: number): void {
    const block = Math.floor(index / BLOCK)
    while (this.#blocks.length <= block) this.#blocks.push(Buffer.alloc(BLOCK * ID_BYTES))
    const at = (index % BLOCK) * ID_BYTES
    const target = this.#blocks[block] as Buffer
    target.fill(0, at, at + ID_BYTES)
    bytes.copy(target, at, start, Math.min(end, start + ID_BYTES))
  }

  bytes(index: number): Buffer {
    const at = (index % BLOCK) * ID_BYTES
    return this.#blockOf(index).subarray(at, at + ID_BYTES)
  }

  text(index: number): string {
    const at = (index % BLOCK) * ID_BYTES
    return this.#blockOf(index).toString('latin1', at, this.#end(index))
  }

  write(line: LineBuffer, index: number): void {
    line.raw(this.#blockOf(index), (index % BLOCK) * ID_BYTES, this.#end(index))
  }

  #blockOf(index: number): Buffer {
    return this.#blocks[Math.floor(index / BLOCK)] as Buffer
  }

  /** Where the Id ends in its block. */
  #end(index: number): number {
    const block = this.#blockOf(index)
    const at = (index % BLOCK) * ID_BYTES
    let end = at + ID_BYTES
    while (end > at && block[end - 1] === 0) end--
    return end
  }

  has(index: number, bytes: Buffer, start: number, end: number): boolean {
    return this.compare(index, bytes, start, end) === 0
  }

  /** The order of the Id and another one: one of 15 characters is one of 18 without its checksum. */
  compare(index: number, bytes: Buffer, start: number, end: number): number {
    return this.bytes(index).compare(bytes, start, Math.min(end, start + SIGNIFICANT), 0, SIGNIFICANT)
  }
}

/** Numbers by number, from 0 on. */
class NumberList {
  readonly #blocks: Float64Array[] = []

  set(index: number, value: number): void {
    const block = Math.floor(index / BLOCK)
    while (this.#blocks.length <= block) this.#blocks.push(new Float64Array(BLOCK))
    const target = this.#blocks[block] as Float64Array
    target[index % BLOCK] = value
  }

  get(index: number): number {
    return this.#blocks[Math.floor(index / BLOCK)]?.[index % BLOCK] ?? 0
  }
}
