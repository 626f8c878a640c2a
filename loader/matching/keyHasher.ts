import { randomFillSync } from 'node:crypto'

/** Above the largest code of ASCII. */
const NOT_ASCII = 0x80

/**
 * A 96-bit hash of texts, in three numbers, so that hashing a million keys allocates no memory. Among 100 million keys
 * the chance that any two collide is about one in 10^13. It covers UTF-8 bytes: a string and its bytes in a file have the same hash.
 *
 * Rows count as equal when their hashes are equal. So the hash has a random key: a person who writes a row cannot choose one that
 * has the hash of another row. Hashes of two hashers cannot be compared, and none leaves the process. The rounds are those of
 * HalfSipHash-1-3; the key has 128 bits instead of 64, and 96 bits of the last state are the hash.
 * https://github.com/veorq/SipHash
 */
export class KeyHasher {
  readonly #key = randomFillSync(new Int32Array(4))
  /** For texts that are not ASCII. */
  #encoded = Buffer.allocUnsafeSlow(0)
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
    const v0 = this.#v0
    const v1 = this.#v1
    const v2 = this.#v2
    const v3 = this.#v3
    let codes = 0
    let at = 0
    for (; at + 4 <= length; at += 4) {
      const one = text.charCodeAt(at)
      const two = text.charCodeAt(at + 1)
      const three = text.charCodeAt(at + 2)
      const four = text.charCodeAt(at + 3)
      codes |= one | two | three | four
      this.#absorb(one | (two << 8) | (three << 16) | (four << 24))
    }
    let rest = 0
    for (let shift = 0; at < length; at++, shift += 8) {
      const code = text.charCodeAt(at)
      codes |= code
      rest |= code << shift
    }
    if (codes < NOT_ASCII) return this.#end(rest, length)
    this.#v0 = v0
    this.#v1 = v1
    this.#v2 = v2
    this.#v3 = v3
    return this.#addEncoded(text)
  }

  /** Adds the bytes from `start` to before `end` as one text. */
  addBytes(bytes: Uint8Array, start: number, end: number): this {
    let at = start
    for (; at + 4 <= end; at += 4) this.#absorb(wordAt(bytes, at))
    return this.#end(lastWord(bytes, at, end), end - start)
  }

  /** Adds the bytes with the capital letters of ASCII as small ones: for ASCII the same as `add(text.toLowerCase())`. */
  addFolded(bytes: Uint8Array, start: number, end: number): this {
    let at = start
    for (; at + 4 <= end; at += 4) this.#absorb(folded(wordAt(bytes, at)))
    return this.#end(folded(lastWord(bytes, at, end)), end - start)
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

  #addEncoded(text: string): this {
    const most = text.length * 3
    if (this.#encoded.length < most) this.#encoded = Buffer.allocUnsafeSlow(most * 2)
    return this.addBytes(this.#encoded, 0, this.#encoded.write(text))
  }

  /** The last bytes, and the length, which marks the end also of a text that ends in a character of code 0. */
  #end(rest: number, length: number): this {
    if (length % 4 !== 0) this.#absorb(rest)
    this.#absorb(length)
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

const wordAt = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) |
  ((bytes[at + 1] as number) << 8) |
  ((bytes[at + 2] as number) << 16) |
  ((bytes[at + 3] as number) << 24)

/** The last bytes of a text, at most three, with zeros after them. */
function lastWord(bytes: Uint8Array, from: number, end: number): number {
  let word = 0
  for (let at = from, shift = 0; at < end; at++, shift += 8) word |= (bytes[at] as number) << shift
  return word
}

/** Four bytes with bit 5 set in each that is a capital letter of ASCII. */
function folded(word: number): number {
  const low = word & 0x7f7f7f7f
  // The highest bit of each byte: whether it is at least A, and whether it is above Z.
  const capitals = (low + 0x3f3f3f3f) & ~(low + 0x25252525) & ~word & 0x80808080
  return word | (capitals >>> 2)
}
