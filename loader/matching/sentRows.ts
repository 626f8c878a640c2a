import type { KeyHasher } from './keyHasher.ts'

const FIRST_ROWS = 1024
/** Words of a hash. */
const WORDS = 3
/** Searches through all rows that take less time than the table of a column set. */
const MOST_SEARCHES = 4

/** Hashes of the rows of one ingest job, by their place in it. */
export class RowHashes {
  #words = new Uint32Array(FIRST_ROWS * WORDS)
  #size = 0

  get size(): number {
    return this.#size
  }

  add({ a, b, c }: KeyHasher): void {
    const at = this.#size * WORDS
    if (at === this.#words.length) {
      const larger = new Uint32Array(at * 2)
      larger.set(this.#words)
      this.#words = larger
    }
    this.#words[at] = a
    this.#words[at + 1] = b
    this.#words[at + 2] = c
    this.#size += 1
  }

  is(row: number, { a, b, c }: KeyHasher): boolean {
    const words = this.#words
    const at = row * WORDS
    return words[at] === a && words[at + 1] === b && words[at + 2] === c
  }

  areEqual(one: number, other: number): boolean {
    const words = this.#words
    for (let i = 0; i < WORDS; i++) if (words[one * WORDS + i] !== words[other * WORDS + i]) return false
    return true
  }

  /** A number of 32 bits, by which rows are distributed. */
  firstWord(row: number): number {
    return this.#words[row * WORDS] as number
  }
}

/** The rows of one ingest job: the hash of each whole row, and whether a result was found for it. */
export class SentRows {
  readonly hashes = new RowHashes()
  #taken = new Uint8Array(0)
  /** Rows that were looked at for results that are not in the order of the rows. */
  #searched = 0

  /**
   * Takes a row that has all values of a result; equal rows are interchangeable. The row after the last match is tried first, then
   * those after it and those before it: the batches of a job finish in any order, and rejected rows are missing. Returns undefined when no
   * row is equal, or after much searching: then the results come in another order, and a table finds their rows faster.
   */
  takeEqual(next: number, hash: KeyHasher): number | undefined {
    const { size } = this.hashes
    if (next < size && this.#isEqualLeft(next, hash)) return this.take(next)
    if (this.#searched > MOST_SEARCHES * size) return undefined
    const row = this.#findLeft(next + 1, size, hash) ?? this.#findLeft(0, Math.min(next, size), hash)
    return row === undefined ? undefined : this.take(row)
  }

  #isEqualLeft(row: number, hash: KeyHasher): boolean {
    return this.hashes.is(row, hash) && this.isLeft(row)
  }

  #findLeft(from: number, to: number, hash: KeyHasher): number | undefined {
    for (let row = from; row < to; row++) {
      if (!this.#isEqualLeft(row, hash)) continue
      this.#searched += row - from
      return row
    }
    this.#searched += Math.max(to - from, 0)
    return undefined
  }

  isLeft(row: number): boolean {
    return row >= this.#taken.length || this.#taken[row] === 0
  }

  take(row: number): number {
    if (this.#taken.length < this.hashes.size) {
      const larger = new Uint8Array(this.hashes.size)
      larger.set(this.#taken)
      this.#taken = larger
    }
    this.#taken[row] = 1
    return row
  }

  left(): number[] {
    const rows: number[] = []
    for (let row = 0; row < this.hashes.size; row++) if (this.isLeft(row)) rows.push(row)
    return rows
  }
}

/**
 * The rows sent, found by some of their columns: rows with equal values in them form a chain. It is built at the first search: most
 * results come in the order of the rows, and need none.
 */
export class ColumnSet {
  readonly columns: readonly number[]
  readonly hashes: RowHashes
  readonly #rows: SentRows
  /** From a hash to a row of its chain before which no row is left, counted from 1. */
  #slots: Uint32Array | undefined
  #mask = 0
  /** The next row of the chain, counted from 1; 0 at its end. */
  #next = new Uint32Array(0)
  /** Whether the row and all later rows of the chain are equal, so that they need not be compared. */
  #isUniform = new Uint8Array(0)

  /** @param hashes of these columns; those of the whole rows when it has all columns */
  constructor(columns: readonly number[], rows: SentRows, hashes: RowHashes) {
    this.columns = columns
    this.#rows = rows
    this.hashes = hashes
  }

  /**
   * Takes a row that matches a result; undefined when no row is left, or when the rows left differ in a column that the
   * result does not show: then the match is undecidable.
   */
  take(hash: KeyHasher): number | undefined {
    const slots = this.#slots ?? this.#build()
    const slot = this.#slotOf(slots, hash)
    const head = slots[slot] as number
    if (head === 0) return undefined
    const first = this.#skipTaken(head)
    // Taken rows leave the chain: otherwise a long chain would be scanned for every result.
    if (first === 0) {
      this.#next[head - 1] = 0
      return undefined
    }
    if (first !== head) slots[slot] = first
    const next = this.#next[first - 1] as number
    if (next !== 0) {
      const second = this.#skipTaken(next)
      this.#next[first - 1] = second
      if (this.#isUniform[first - 1] === 0 && this.#differ(first, second)) return undefined
    }
    return this.#rows.take(first - 1)
  }

  /** The first rows come first in their chains, because results follow their order. */
  #build(): Uint32Array {
    const { hashes } = this
    const { size } = hashes
    const slots = new Uint32Array(2 ** Math.ceil(Math.log2(size * 2 + 1)))
    this.#mask = slots.length - 1
    this.#next = new Uint32Array(size)
    this.#isUniform = new Uint8Array(size)
    for (let row = size - 1; row >= 0; row--) {
      if (!this.#rows.isLeft(row)) continue
      let slot = hashes.firstWord(row) & this.#mask
      while (slots[slot] !== 0 && !hashes.areEqual((slots[slot] as number) - 1, row)) slot = (slot + 1) & this.#mask
      const next = slots[slot] as number
      const isUniform = next === 0 || (this.#isUniform[next - 1] === 1 && this.#rows.hashes.areEqual(row, next - 1))
      slots[slot] = row + 1
      this.#next[row] = next
      this.#isUniform[row] = isUniform ? 1 : 0
    }
    this.#slots = slots
    return slots
  }

  /** The slot of the hash, or the free slot at the end of its search. */
  #slotOf(slots: Uint32Array, hash: KeyHasher): number {
    let slot = hash.a & this.#mask
    while (slots[slot] !== 0 && !this.hashes.is((slots[slot] as number) - 1, hash)) slot = (slot + 1) & this.#mask
    return slot
  }

  #differ(first: number, second: number): boolean {
    for (let other = second; other !== 0; other = this.#skipTaken(this.#next[other - 1] as number)) {
      if (!this.#rows.hashes.areEqual(first - 1, other - 1)) return true
    }
    return false
  }

  #skipTaken(from: number): number {
    let at = from
    while (at !== 0 && !this.#rows.isLeft(at - 1)) at = this.#next[at - 1] as number
    return at
  }
}
