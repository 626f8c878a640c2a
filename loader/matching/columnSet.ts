import { HashTable } from './hashTable.ts'
import type { KeyHasher } from './keyHasher.ts'
import type { SentRows } from './sentRows.ts'

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
