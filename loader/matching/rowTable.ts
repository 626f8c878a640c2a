import type { KeyHasher } from './keyHasher.ts'

export type KeyHash = Pick<KeyHasher, 'a' | 'b' | 'c'>

/** Each part grows separately, so that growth never needs the memory of a second whole table. */
const PARTS = 256
/** Two words of hash and one of value, 4 bytes each. */
const SLOT = 3
const FIRST_SLOTS = 16
/** Above this share of full slots, searches take long. */
const MAX_LOAD = 0.85
const GROWTH = 1.35
/** Of many entries, no part gets more than this share above the average. */
const SPREAD = 1.1
const WORD = 2 ** 32

/**
 * Maps hashes to numbers from 1 to 2^32 - 1, in 14 to 19 bytes an entry. Hashes count as equal when 72 of their bits are: among 100 million
 * the chance that any two collide is about one in a million.
 */
export class RowTable {
  /** Parts without an entry are absent: most tables are small. */
  readonly #parts = new Array<Part | undefined>(PARTS).fill(undefined)
  readonly #firstSlots: number
  #size = 0

  /** @param expected number of entries: more are taken, but the table grows, which leaves garbage. @default few */
  constructor(expected = 0) {
    this.#firstSlots = Math.max(FIRST_SLOTS, Math.ceil((expected / PARTS / MAX_LOAD) * SPREAD))
  }

  get size(): number {
    return this.#size
  }

  /** The value of the hash; 0 when it has no value. */
  get({ a, b, c }: KeyHash): number {
    return this.#parts[c % PARTS]?.get(a, b) ?? 0
  }

  /** Sets the value of the hash. */
  set({ a, b, c }: KeyHash, value: number): void {
    const part = this.#parts[c % PARTS] ?? this.#newPart(c % PARTS)
    if (part.set(a, b, value)) this.#size += 1
  }

  /** Sets the value of every hash that has one. */
  setAll(value: number): void {
    for (const part of this.#parts) part?.setAll(value)
  }

  #newPart(index: number): Part {
    const part = new Part(this.#firstSlots)
    this.#parts[index] = part
    return part
  }
}

/** A hash stands at the slot that its first word points to, or after it. */
class Part {
  #words: Uint32Array
  #slots: number
  #size = 0

  constructor(slots: number) {
    this.#slots = slots
    this.#words = new Uint32Array(slots * SLOT)
  }

  get(a: number, b: number): number {
    return this.#words[this.#find(a, b) + 2] as number
  }

  /** Returns whether the hash had no value. */
  set(a: number, b: number, value: number): boolean {
    if (this.#size >= this.#slots * MAX_LOAD) this.#grow()
    const at = this.#find(a, b)
    const isNew = this.#words[at + 2] === 0
    if (isNew) this.#size += 1
    this.#put(at, a, b, value)
    return isNew
  }

  setAll(value: number): void {
    const words = this.#words
    for (let at = 2; at < words.length; at += SLOT) if (words[at] !== 0) words[at] = value
  }

  #put(at: number, a: number, b: number, value: number): void {
    const words = this.#words
    words[at] = a
    words[at + 1] = b
    words[at + 2] = value
  }

  /** Where the hash is, or the free place for it. */
  #find(a: number, b: number): number {
    const words = this.#words
    const end = words.length
    for (let at = Math.floor((a / WORD) * this.#slots) * SLOT; ; at = at + SLOT === end ? 0 : at + SLOT) {
      if (words[at + 2] === 0 || (words[at] === a && words[at + 1] === b)) return at
    }
  }

  #grow(): void {
    const old = this.#words
    this.#slots = Math.ceil(this.#slots * GROWTH)
    this.#words = new Uint32Array(this.#slots * SLOT)
    for (let from = 0; from < old.length; from += SLOT) {
      const [a, b, value] = [old[from] as number, old[from + 1] as number, old[from + 2] as number]
      if (value !== 0) this.#put(this.#find(a, b), a, b, value)
    }
  }
}
