import type { KeyHasher } from './keyHasher.ts'

// Three words of hash and one word of value, 4 bytes each.
const SLOT = 4
const FIRST_SLOTS = 256
// Above this share of full slots, searches take long.
const MAX_LOAD = 0.8

/** Maps 96-bit hashes to numbers from 1 to 2^32 - 1, in 20 to 40 bytes per entry. */
export class HashTable {
  #words = new Uint32Array(FIRST_SLOTS * SLOT)
  #mask = FIRST_SLOTS - 1
  #size = 0

  /** The value of the hash; 0 when it has no value. */
  get({ a, b, c }: KeyHasher): number {
    return this.#words[this.#find(a, b, c) + 3] ?? 0
  }

  /** Sets the value of the hash and returns the one before; 0 when there was none. */
  set(hash: KeyHasher, value: number): number {
    if (this.#size >= (this.#mask + 1) * MAX_LOAD) this.#grow()
    const { a, b, c } = hash
    const at = this.#find(a, b, c)
    const words = this.#words
    const before = words[at + 3] as number
    if (before === 0) {
      this.#size++
      words[at] = a
      words[at + 1] = b
      words[at + 2] = c
    }
    words[at + 3] = value
    return before
  }

  /** The slot of the hash, or the free slot for it. */
  #find(a: number, b: number, c: number): number {
    const words = this.#words
    const mask = this.#mask
    let slot = a & mask
    for (;;) {
      const at = slot * SLOT
      if (words[at + 3] === 0) return at
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c) return at
      slot = (slot + 1) & mask
    }
  }

  #grow(): void {
    const old = this.#words
    this.#words = new Uint32Array(old.length * 2)
    this.#mask = this.#words.length / SLOT - 1
    for (let from = 0; from < old.length; from += SLOT) {
      if (old[from + 3] === 0) continue
      const to = this.#find(old[from] as number, old[from + 1] as number, old[from + 2] as number)
      this.#words.set(old.subarray(from, from + SLOT), to)
    }
  }
}
