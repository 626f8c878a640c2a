import type { KeyHasher } from './keyHasher.ts'

/** Bits a key: with three of them set by each key, less than one of a hundred other keys passes. */
const BITS_PER_KEY = 12
/** 32 MiB. With more than 20 million keys, more of the other keys pass. */
const MAX_BITS = 2 ** 28

/** A set of hashes in little memory (a Bloom filter): it knows every key that was added, and takes a few others for known too. */
export class KeyFilter {
  readonly #words: Uint32Array
  readonly #mask: number

  /** @param keys number of the keys that will be added */
  constructor(keys: number) {
    const bits = Math.min(MAX_BITS, 2 ** Math.ceil(Math.log2(Math.max(32, keys * BITS_PER_KEY))))
    this.#words = new Uint32Array(bits / 32)
    this.#mask = bits - 1
  }

  add({ a, b, c }: KeyHasher): void {
    this.#set(a & this.#mask)
    this.#set(b & this.#mask)
    this.#set(c & this.#mask)
  }

  has({ a, b, c }: KeyHasher): boolean {
    return this.#isSet(a & this.#mask) && this.#isSet(b & this.#mask) && this.#isSet(c & this.#mask)
  }

  #set(bit: number): void {
    this.#words[bit >>> 5] = (this.#words[bit >>> 5] as number) | (1 << (bit & 31))
  }

  #isSet(bit: number): boolean {
    return ((this.#words[bit >>> 5] as number) & (1 << (bit & 31))) !== 0
  }
}
