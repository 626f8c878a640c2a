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
