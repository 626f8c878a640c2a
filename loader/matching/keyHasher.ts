import { randomFillSync } from 'node:crypto'

/**
 * A 96-bit hash of texts, in three numbers, so that hashing a million keys allocates no memory. Among 100 million keys
 * the chance that any two collide is about one in 10^13.
 *
 * Rows count as equal when their hashes are equal. So the hash has a random key: a person who writes a row cannot choose one that
 * has the hash of another row. Hashes of two hashers cannot be compared, and none leaves the process. The rounds are those of
 * HalfSipHash-1-3; the key has 128 bits instead of 64, and 96 bits of the last state are the hash.
 * https://github.com/veorq/SipHash
 */
export class KeyHasher {
  readonly #key = randomFillSync(new Int32Array(4))
  a = 0
  b = 0
  c = 0
  #v0 = 0
  #v1 = 0
  #v2 = 0
  #v3 = 0

  reset(): this {
    const key = this.#key
    this.#v0 = key[0] as number
    this.#v1 = key[1] as number
    this.#v2 = key[2] as number
    this.#v3 = key[3] as number
    return this
  }

  /** Adds a text and its end, so that `ab`,`c` and `a`,`bc` differ. */
  add(text: string): this {
    const { length } = text
    // Two characters at a time.
    for (let i = 0; i < length; i += 2) {
      this.#absorb(i + 1 < length ? text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16) : text.charCodeAt(i))
    }
    // The length marks the end, also of a text that ends in a character of code 0.
    this.#absorb(length)
    return this
  }

  /** Spreads every bit over each of the three numbers. */
  finish(): this {
    this.#v2 ^= 0xff
    this.#round()
    this.#round()
    this.#round()
    this.a = this.#v0 >>> 0
    this.b = this.#v1 >>> 0
    this.c = this.#v3 >>> 0
    return this
  }

  #absorb(word: number): void {
    this.#v3 ^= word
    this.#round()
    this.#v0 ^= word
  }

  #round(): void {
    let v0 = this.#v0
    let v1 = this.#v1
    let v2 = this.#v2
    let v3 = this.#v3
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
    this.#v0 = v0
    this.#v1 = v1
    this.#v2 = v2
    this.#v3 = v3
  }
}
