import { HashTable } from './hashTable.ts'
import type { KeyHasher } from './keyHasher.ts'

/** Ids kept of a key that several records have. */
const MAX_IDS = 5

/** Characters of an Id as the org gives it. */
export const ID_BYTES = 18

const FIRST_OTHERS = 1024

/**
 * Joins rows with the records of the org by the hash of their key. Pass all rows first, then all records, of which one may come twice. A row takes about
 * 60 bytes, and 22 more for each further Id of its key that is kept.
 */
export class KeyMatches {
  /** From the hash to the key, counted from 1. */
  readonly #keys: HashTable
  /** The key of each row; 0 for a value that no record can have. */
  readonly #keyOf: Uint32Array
  #rows = 0
  #lastKey = 0
  /** Of each key the number of its records, the Id of the first, and the last of its further Ids in `#others`, counted from 1. */
  readonly #counts: Uint32Array
  readonly #firsts: Buffer
  readonly #heads: Uint32Array
  /** Further Ids, each with the one before it of the same key. */
  #others = Buffer.alloc(FIRST_OTHERS * ID_BYTES)
  #before = new Uint32Array(FIRST_OTHERS)
  #lastOther = 0

  /** @param rows number of the rows that will be passed */
  constructor(rows: number) {
    this.#keys = new HashTable(rows)
    this.#keyOf = new Uint32Array(rows)
    this.#counts = new Uint32Array(rows + 1)
    this.#firsts = Buffer.alloc((rows + 1) * ID_BYTES)
    this.#heads = new Uint32Array(rows + 1)
  }

  /** @param hash undefined for a row whose key no record can have */
  addRow(hash: KeyHasher | undefined): void {
    this.#keyOf[this.#rows++] = hash === undefined ? 0 : this.#keyWith(hash)
  }

  /** Whether a row has the key. */
  has(hash: KeyHasher): boolean {
    return this.#keys.get(hash) !== 0
  }

  /** Takes a record of the org; its Id are the bytes from `start` to before `end`. */
  addRecord(hash: KeyHasher, bytes: Buffer, start: number, end: number): void {
    const key = this.#keys.get(hash)
    if (key === 0) return
    const count = this.#counts[key] as number
    if (count > 0 && this.#isKnown(key, bytes, start, end)) return
    this.#counts[key] = count + 1
    if (count === 0) bytes.copy(this.#firsts, key * ID_BYTES, start, Math.min(end, start + ID_BYTES))
    else if (count < MAX_IDS) this.#addOther(key, bytes, start, end)
  }

  /** Number of the records that have the key of a row, counted from 0. */
  count(row: number): number {
    return this.#counts[this.#keyOf[row] as number] as number
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
    if (this.#counts[key] === 0) return []
    const others: string[] = []
    for (let other = this.#heads[key] as number; other !== 0; other = this.#before[other - 1] as number) {
      others.unshift(idAt(this.#others, other - 1))
    }
    return [idAt(this.#firsts, key), ...others]
  }

  #keyWith(hash: KeyHasher): number {
    const known = this.#keys.get(hash)
    if (known !== 0) return known
    this.#lastKey += 1
    this.#keys.set(hash, this.#lastKey)
    return this.#lastKey
  }

  #isKnown(key: number, bytes: Buffer, start: number, end: number): boolean {
    if (isIdAt(this.#firsts, key, bytes, start, end)) return true
    for (let other = this.#heads[key] as number; other !== 0; other = this.#before[other - 1] as number) {
      if (isIdAt(this.#others, other - 1, bytes, start, end)) return true
    }
    return false
  }

  #addOther(key: number, bytes: Buffer, start: number, end: number): void {
    if (this.#lastOther === this.#before.length) this.#growOthers()
    bytes.copy(this.#others, this.#lastOther * ID_BYTES, start, Math.min(end, start + ID_BYTES))
    this.#before[this.#lastOther] = this.#heads[key] as number
    this.#lastOther += 1
    this.#heads[key] = this.#lastOther
  }

  #growOthers(): void {
    const length = this.#lastOther * 2
    const others = Buffer.alloc(length * ID_BYTES)
    const before = new Uint32Array(length)
    others.set(this.#others)
    before.set(this.#before)
    this.#others = others
    this.#before = before
  }
}

function idAt(ids: Buffer, index: number): string {
  return ids.toString('latin1', index * ID_BYTES, (index + 1) * ID_BYTES).replace(/\0+$/, '')
}

/** An Id of 15 characters is one of 18 without its checksum. */
function isIdAt(ids: Buffer, index: number, bytes: Buffer, start: number, end: number): boolean {
  const at = index * ID_BYTES
  return ids.compare(bytes, start, Math.min(end, start + SIGNIFICANT), at, at + SIGNIFICANT) === 0
}

/** Characters of an Id without its checksum. */
const SIGNIFICANT = 15
