import { HashTable } from './hashTable.ts'
import type { KeyHasher } from './keyHasher.ts'

const HASH = 3

/** The rows of one ingest job: number, hash of the whole row, and whether a result was found for it. 17 bytes each. */
export class SentRows {
  #numbers = new Uint32Array(1024)
  #hashes = new Uint32Array(1024 * HASH)
  #taken = new Uint8Array(1024)
  #size = 0

  /** Returns the row's index. */
  add(row: number, { a, b, c }: KeyHasher): number {
    if (this.#size === this.#numbers.length) this.#grow()
    const index = this.#size++
    this.#numbers[index] = row
    this.#hashes[index * HASH] = a
    this.#hashes[index * HASH + 1] = b
    this.#hashes[index * HASH + 2] = c
    return index
  }

  isTaken(index: number): boolean {
    return this.#taken[index] === 1
  }

  /** Marks a row as answered and returns its number. */
  take(index: number): number {
    this.#taken[index] = 1
    return this.#numbers[index] as number
  }

  /** Whether two rows were equal in every column, so that either may have the other's result. */
  areEqual(one: number, other: number): boolean {
    const hashes = this.#hashes
    for (let i = 0; i < HASH; i++) {
      if (hashes[one * HASH + i] !== hashes[other * HASH + i]) return false
    }
    return true
  }

  untaken(): number[] {
    const left: number[] = []
    for (let index = 0; index < this.#size; index++) {
      if (!this.isTaken(index)) left.push(this.#numbers[index] as number)
    }
    return left
  }

  #grow(): void {
    const length = this.#size * 2
    this.#numbers = grown(this.#numbers, new Uint32Array(length))
    this.#hashes = grown(this.#hashes, new Uint32Array(length * HASH))
    this.#taken = grown(this.#taken, new Uint8Array(length))
  }
}

function grown<Words extends Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>(old: Words, larger: Words): Words {
  larger.set(old)
  return larger
}

/** Head of a chain whose rows are all taken. */
const EMPTY = 0xffffffff

/** The rows sent, found by some of their columns: rows with equal values in them form a chain. */
export class ColumnSet {
  readonly columns: readonly number[]
  readonly #rows: SentRows
  /** From the hash to the first row of its chain, counted from 1. */
  readonly #heads = new HashTable()
  /** The next row of the chain, counted from 1; 0 at its end. */
  #next = new Uint32Array(1024)
  /** Whether the row and all later rows of the chain are equal, so that they need not be compared. */
  #isUniform = new Uint8Array(1024)

  constructor(columns: readonly number[], rows: SentRows) {
    this.columns = columns
    this.#rows = rows
  }

  add(index: number, hash: KeyHasher): void {
    if (index >= this.#next.length) this.#grow(index * 2)
    const before = this.#heads.set(hash, index + 1)
    const next = before === EMPTY ? 0 : before
    this.#next[index] = next
    const isUniform = next === 0 || (this.#isUniform[next - 1] === 1 && this.#rows.areEqual(index, next - 1))
    this.#isUniform[index] = isUniform ? 1 : 0
  }

  /**
   * Takes a row that matches a result; undefined when no row is left, or when the rows left differ in a column that the
   * result does not show: then the match is undecidable.
   */
  take(hash: KeyHasher): number | undefined {
    const head = this.#heads.get(hash)
    if (head === 0 || head === EMPTY) return undefined
    const first = this.#skipTaken(head)
    // Taken rows leave the chain: otherwise a long chain would be scanned for every result.
    if (first !== head) this.#heads.set(hash, first || EMPTY)
    if (first === 0) return undefined
    const second = this.#skipTaken(this.#next[first - 1] as number)
    this.#next[first - 1] = second
    if (this.#isUniform[first - 1] === 0 && this.#differ(first, second)) return undefined
    this.#heads.set(hash, second || EMPTY)
    return this.#rows.take(first - 1)
  }

  #differ(first: number, second: number): boolean {
    for (let other = second; other !== 0; other = this.#skipTaken(this.#next[other - 1] as number)) {
      if (!this.#rows.areEqual(first - 1, other - 1)) return true
    }
    return false
  }

  #skipTaken(from: number): number {
    let at = from
    while (at !== 0 && this.#rows.isTaken(at - 1)) at = this.#next[at - 1] as number
    return at
  }

  #grow(length: number): void {
    const next = new Uint32Array(length)
    next.set(this.#next)
    this.#next = next
    const isUniform = new Uint8Array(length)
    isUniform.set(this.#isUniform)
    this.#isUniform = isUniform
  }
}
