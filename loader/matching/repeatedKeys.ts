import type { Operation } from '../../packages/client/contract/operations.ts'
import type { RejectedRow } from '../mapping/mapCells.ts'
import { KeyFilter } from './keyFilter.ts'
import { KeyHasher } from './keyHasher.ts'
import { RowTable } from './rowTable.ts'

export type KeyLimits = {
  /** Keys in memory with their rows, in at most 20 bytes each. */
  readonly exactKeys: number
  /** Keys of one filter, in 2 bytes each. */
  readonly filterKeys: number
}

const KEY_LIMITS: KeyLimits = { exactKeys: 500_000, filterKeys: 4_000_000 }

/** The value of a key of which no row was seen yet; no source has so many rows. */
const UNSEEN = 2 ** 32 - 1

/** The hash, and the row. */
const LISTED_WORDS = 4
const FIRST_LISTED = 1024 * LISTED_WORDS
const LISTED_BYTES = LISTED_WORDS * 4

/** Where the keys beyond those in memory are kept until the source was read to its end. */
export type KeyList = {
  write(bytes: Uint8Array): Promise<void>
  /** What was written. No more is written after it. */
  read(): AsyncIterable<Uint8Array>
}

/**
 * Finds keys that a source has twice, in about 10 MB, and 2 bytes for each key beyond the first 500,000. A key that repeats one of the
 * others is found only at the end of the source: then the source is read again with the same object, which knows the key by then.
 */
export class RepeatedKeys {
  readonly #newList: () => KeyList
  readonly #exactKeys: number
  readonly #filterKeys: number
  readonly #hash = new KeyHasher()
  /** Keys that an earlier reading of the source has found twice. */
  readonly #known = new RowTable()
  #rows = new RowTable()
  #filters: KeyFilter[] = []
  #filtered = 0
  /** Keys beyond those in memory that a filter takes for repeated. */
  #suspects = new RowTable()
  #list: KeyList | undefined
  /** Keys that are not yet in the list. */
  #listed = new Uint32Array(FIRST_LISTED)
  #words = 0

  constructor(newList: () => KeyList, { exactKeys, filterKeys }: KeyLimits = KEY_LIMITS) {
    this.#newList = newList
    this.#exactKeys = exactKeys
    this.#filterKeys = filterKeys
  }

  /**
   * The row that had the key first; undefined when this one is the first, or when only the end of the source can tell.
   *
   * @param key - `MappedRow.repeatKey`; must not be blank
   */
  seen(key: string, row: number): number | undefined {
    return this.#seen(this.#hash.reset().add(key).finish(), row)
  }

  /** Like `seen`, for a key in UTF-8. */
  seenBytes(key: Uint8Array, length: number, row: number): number | undefined {
    return this.#seen(this.#hash.reset().addBytes(key, 0, length).finish(), row)
  }

  /** Writes keys to the list, and waits while it is slower. */
  async flush(): Promise<void> {
    if (this.#words === 0) return
    this.#list ??= this.#newList()
    await this.#list.write(new Uint8Array(this.#listed.buffer, 0, this.#words * 4))
    this.#words = 0
  }

  /**
   * At the end of the source, after a flush: whether rows repeat a key that `seen` did not know. They are known when the source is read again,
   * for which everything else is forgotten.
   */
  async findLate(): Promise<boolean> {
    const before = this.#known.size
    if (this.#suspects.size > 0 && this.#list !== undefined) await this.#findSuspects(this.#list)
    this.#known.setAll(UNSEEN)
    this.#rows = new RowTable()
    this.#filters = []
    this.#filtered = 0
    this.#suspects = new RowTable()
    this.#list = undefined
    return this.#known.size > before
  }

  #seen(hash: KeyHasher, row: number): number | undefined {
    const isKnown = this.#known.size > 0 && this.#known.get(hash) !== 0
    const table = isKnown ? this.#known : this.#rows
    const first = table.get(hash)
    if (first !== 0 && first !== UNSEEN) return first
    if (isKnown || table.size < this.#exactKeys) table.set(hash, row)
    else this.#addListed(hash, row)
    return undefined
  }

  #addListed(hash: KeyHasher, row: number): void {
    for (const filter of this.#filters) if (filter.has(hash)) this.#suspects.set(hash, UNSEEN)
    if (this.#filtered % this.#filterKeys === 0) this.#filters.push(new KeyFilter(this.#filterKeys))
    this.#filtered += 1
    this.#filters.at(-1)?.add(hash)
    if (this.#words === this.#listed.length) {
      const larger = new Uint32Array(this.#words * 2)
      larger.set(this.#listed)
      this.#listed = larger
    }
    const listed = this.#listed
    const at = this.#words
    listed[at] = hash.a
    listed[at + 1] = hash.b
    listed[at + 2] = hash.c
    listed[at + 3] = row
    this.#words += LISTED_WORDS
  }

  async #findSuspects(list: KeyList): Promise<void> {
    let rest = Buffer.alloc(0)
    for await (const block of list.read()) {
      const bytes = Buffer.concat([rest, block])
      const whole = bytes.length - (bytes.length % LISTED_BYTES)
      for (let at = 0; at < whole; at += LISTED_BYTES) this.#findSuspect(bytes, at)
      rest = bytes.subarray(whole)
    }
  }

  #findSuspect(bytes: Buffer, at: number): void {
    const hash = { a: bytes.readUInt32LE(at), b: bytes.readUInt32LE(at + 4), c: bytes.readUInt32LE(at + 8) }
    const first = this.#suspects.get(hash)
    if (first === 0) return
    if (first === UNSEEN) this.#suspects.set(hash, bytes.readUInt32LE(at + 12))
    else this.#known.set(hash, UNSEEN)
  }
}

/**
 * The rejection of a row whose key an earlier row has: parallel jobs have no order, so the winner would be random.
 *
 * @param fields - API names; `MappedRow.keyFields`
 */
export function repeatedKeyRejection(
  operation: Operation,
  fields: readonly string[],
  keys: readonly string[],
  firstRow: number,
): RejectedRow {
  return {
    rejected: true,
    operation,
    errorCode: 'KEY_REPEATED',
    errorMessage: `Key field: ${namedKey(fields, keys)} is in row ${firstRow} already; leave one row per record`,
  }
}

/** `LastName Aster and Email a@x.org`, as messages about a key have it. */
export function namedKey(fields: readonly string[], values: readonly string[]): string {
  return fields.map((field, index) => `${field} ${values[index] ?? ''}`).join(' and ')
}
