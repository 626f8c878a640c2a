import { SIGNIFICANT } from '../salesforce/keyForms.ts'
import type { KeyHasher } from './keyHasher.ts'

/** Ids kept of a key that several records have. */
export const MAX_IDS = 5

/** Characters of an Id as the org gives it. */
export const ID_BYTES = 18

/** Words of a hash. */
const HASH = 3
/** Above this share of full slots, searches take long. */
const MAX_LOAD = 0.8
const FIRST_SEVERAL = 256

/**
 * Joins rows with the records of the org by the hash of their key. Pass all rows first, then all records, of which one may come twice. A row takes
 * about 45 bytes, and 94 more if several records have its key.
 */
export class KeyMatches {
  /** The key of each row, counted from 1; 0 for a value that no record can have. */
  readonly #keyOf: Uint32Array
  #rows = 0
  /** The hash of each key, and the keys by hash. */
  readonly #hashes: Uint32Array
  readonly #slots: Uint32Array
  readonly #mask: number
  #lastKey = 0
  /** Of each key: 0 while it has no record, 1 when it has one; else its place in `#counts`, counted from 2. */
  readonly #found: Uint32Array
  /** The Id of the first record of each key. */
  readonly #firsts: Buffer
  /** Of keys with several records: their number, and the first Ids. */
  #counts = new Uint32Array(FIRST_SEVERAL)
  #ids = Buffer.alloc(FIRST_SEVERAL * MAX_IDS * ID_BYTES)
  #several = 0

  /** @param rows number of the rows that will be passed */
  constructor(rows: number) {
    const slots = 2 ** Math.ceil(Math.log2((rows + 1) / MAX_LOAD))
    this.#keyOf = new Uint32Array(rows)
    this.#hashes = new Uint32Array((rows + 1) * HASH)
    this.#slots = new Uint32Array(slots)
    this.#mask = slots - 1
    this.#found = new Uint32Array(rows + 1)
    this.#firsts = Buffer.alloc((rows + 1) * ID_BYTES)
  }

  /** Forgets all rows and records, so that others can be joined in the same memory. */
  clear(): void {
    for (const memory of [this.#slots, this.#found, this.#firsts, this.#ids]) memory.fill(0)
    this.#rows = 0
    this.#lastKey = 0
    this.#several = 0
  }

  /** @param hash undefined for a row whose key no record can have. Returns the key of the row, counted from 1; 0 for such a row. */
  addRow(hash: KeyHasher | undefined): number {
    const key = hash === undefined ? 0 : this.#keyWith(hash)
    this.#keyOf[this.#rows++] = key
    return key
  }

  /** Takes a record of the org; its Id are the bytes from `start` to before `end`. Returns its key if it is the first with it, else 0. */
  addRecord(hash: KeyHasher, bytes: Buffer, start: number, end: number): number {
    const key = this.#slots[this.#slotOf(hash)] as number
    if (key === 0) return 0
    if (this.#found[key] === 0) {
      this.#found[key] = 1
      copyId(bytes, start, end, this.#firsts, key)
      return key
    }
    if (isIdAt(this.#firsts, key, bytes, start, end)) return 0
    if (this.#found[key] === 1) this.#found[key] = this.#newSeveral(key)
    this.#addSeveral((this.#found[key] as number) - 2, bytes, start, end)
    return 0
  }

  /** Whether a record can have the key of a row, as far as a search shows. */
  isSearchable(row: number): boolean {
    return this.#keyOf[row] !== 0
  }

  /** Number of the records that have the key of a row, counted from 0. */
  count(row: number): number {
    const found = this.#found[this.#keyOf[row] as number] as number
    return found < 2 ? found : (this.#counts[found - 2] as number)
  }

  /** Copies the Id of the only record of a row; returns the end of the copy. */
  copyId(row: number, target: Buffer, at: number): number {
    const from = (this.#keyOf[row] as number) * ID_BYTES
    const ids = this.#firsts
    let end = from
    while (end < from + ID_BYTES && ids[end] !== 0) target[at + end - from] = ids[end++] as number
    return at + end - from
  }

  /** The first Ids of a row's key, at most five. */
  ids(row: number): readonly string[] {
    const key = this.#keyOf[row] as number
    const found = this.#found[key] as number
    if (found < 2) return found === 0 ? [] : [idAt(this.#firsts, key)]
    const count = Math.min(MAX_IDS, this.#counts[found - 2] as number)
    return Array.from({ length: count }, (_, index) => idAt(this.#ids, (found - 2) * MAX_IDS + index))
  }

  #keyWith(hash: KeyHasher): number {
    const slot = this.#slotOf(hash)
    const known = this.#slots[slot] as number
    if (known !== 0) return known
    this.#lastKey += 1
    this.#slots[slot] = this.#lastKey
    this.#hashes[this.#lastKey * HASH] = hash.a
    this.#hashes[this.#lastKey * HASH + 1] = hash.b
    this.#hashes[this.#lastKey * HASH + 2] = hash.c
    return this.#lastKey
  }

  /** The slot of the key with the hash, or the free slot for it. */
  #slotOf({ a, b, c }: KeyHasher): number {
    const hashes = this.#hashes
    for (let slot = a & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const key = this.#slots[slot] as number
      if (key === 0) return slot
      const at = key * HASH
      if (hashes[at] === a && hashes[at + 1] === b && hashes[at + 2] === c) return slot
    }
  }

  /** Makes room for the Ids of a key with a second record. */
  #newSeveral(key: number): number {
    if (this.#several === this.#counts.length) this.#grow()
    const place = this.#several++
    this.#counts[place] = 1
    this.#firsts.copy(this.#ids, place * MAX_IDS * ID_BYTES, key * ID_BYTES, (key + 1) * ID_BYTES)
    return place + 2
  }

  #addSeveral(place: number, bytes: Buffer, start: number, end: number): void {
    const count = this.#counts[place] as number
    const first = place * MAX_IDS
    const kept = Math.min(count, MAX_IDS)
    for (let index = 1; index < kept; index++) if (isIdAt(this.#ids, first + index, bytes, start, end)) return
    if (count < MAX_IDS) copyId(bytes, start, end, this.#ids, first + count)
    this.#counts[place] = count + 1
  }

  #grow(): void {
    const counts = new Uint32Array(this.#counts.length * 2)
    const ids = Buffer.alloc(this.#ids.length * 2)
    counts.set(this.#counts)
    ids.set(this.#ids)
    this.#counts = counts
    this.#ids = ids
  }
}

function copyId(bytes: Buffer, start: number, end: number, ids: Buffer, index: number): void {
  bytes.copy(ids, index * ID_BYTES, start, Math.min(end, start + ID_BYTES))
}

function idAt(ids: Buffer, index: number): string {
  return ids.toString('latin1', index * ID_BYTES, (index + 1) * ID_BYTES).replace(/\0+$/, '')
}

/** An Id of 15 characters is one of 18 without its checksum. */
function isIdAt(ids: Buffer, index: number, bytes: Buffer, start: number, end: number): boolean {
  const at = index * ID_BYTES
  return ids.compare(bytes, start, Math.min(end, start + SIGNIFICANT), at, at + SIGNIFICANT) === 0
}
