import { randomFillSync } from 'node:crypto'

/** Above the largest code of ASCII. */
const NOT_ASCII = 0x80
/** Bytes of a text whose length does not fit into one byte of its last round: a round of its own follows. */
const LONG = 0xff

/**
 * A 96-bit hash of texts, in three numbers, so that hashing a million keys allocates no memory. Among 100 million keys
 * the chance that any two collide is about one in 10^13. It covers UTF-8 bytes: a string and its bytes in a file have the same hash.
 *
 * Rows count as equal when their hashes are equal. So the hash has a random key: a person who writes a row cannot choose one that
 * has the hash of another row. Hashes of hashers with two keys cannot be compared. The rounds are those of
 * HalfSipHash-1-3; the key has 128 bits instead of 64, and 96 bits of the last state are the hash.
 * https://github.com/veorq/SipHash
 */
export class KeyHasher {
  /** Four numbers of 32 bits. */
  readonly key: Int32Array
  #scratch = wordsIn(Buffer.allocUnsafeSlow(0))
  /** The bytes that were added last: those of all cells of a batch. */
  #last: Words = this.#scratch
  a = 0
  b = 0
  c = 0
  #v0 = 0
  #v1 = 0
  #v2 = 0
  #v3 = 0

  /** @param key of an earlier hasher. @default a random one */
  constructor(key: Int32Array = randomFillSync(new Int32Array(4))) {
    this.key = key
  }

  reset(): this {
    const { key } = this
    this.#v0 = key[0] as number
    this.#v1 = key[1] as number
    this.#v2 = key[2] as number
    this.#v3 = key[3] as number
    return this
  }

  /** Adds a text and its end, so that `ab`,`c` and `a`,`bc` differ. */
  add(text: string): this {
    const { length } = text
    const scratch = this.#scratchOf(length * 3)
    const { bytes } = scratch
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at)
      if (code >= NOT_ASCII) return this.#add(scratch, 0, bytes.write(text), false)
      bytes[at] = code
    }
    return this.#add(scratch, 0, length, false)
  }

  /** Adds the bytes from `start` to before `end` with the capital letters of ASCII as small ones: of ASCII, `text.toLowerCase()`. */
  addFolded(bytes: Uint8Array, start: number, end: number): this {
    return this.#add(this.#wordsOf(bytes), start, end, true)
  }

  /** Adds the bytes from `start` to before `end` as one text. */
  addBytes(bytes: Uint8Array, start: number, end: number): this {
    return this.#add(this.#wordsOf(bytes), start, end, false)
  }

  #add({ bytes, words }: Words, start: number, end: number, isFolded: boolean): this {
    const length = end - start
    let v0 = this.#v0
    let v1 = this.#v1
    let v2 = this.#v2
    let v3 = this.#v3
    // Four bytes a round. The last round has the bytes that are left, and the length, as in SipHash.
    for (let at = start; at <= end; at += 4) {
      let word = 0
      if (at + 4 <= end) {
        word = words.getInt32(at, true)
      } else {
        if (at < end) word = bytes[at] as number
        if (at + 1 < end) word |= (bytes[at + 1] as number) << 8
        if (at + 2 < end) word |= (bytes[at + 2] as number) << 16
      }
      if (isFolded) word = folded(word)
      if (at + 4 > end) word |= Math.min(length, LONG) << 24
      v3 ^= word
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
      v0 ^= word
    }
    this.#v0 = v0
    this.#v1 = v1
    this.#v2 = v2
    this.#v3 = v3
    if (length >= LONG) this.#absorb(length)
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

  #wordsOf(bytes: Uint8Array): Words {
    if (bytes !== this.#last.bytes) this.#last = wordsIn(bytes)
    return this.#last
  }

  #scratchOf(length: number): Words<Buffer> {
    if (this.#scratch.bytes.length < length) this.#scratch = wordsIn(Buffer.allocUnsafeSlow(length * 2))
    return this.#scratch
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

/** Bytes, and the same memory by words. */
type Words<Bytes extends Uint8Array = Uint8Array> = { readonly bytes: Bytes; readonly words: DataView }

const wordsIn = <Bytes extends Uint8Array>(bytes: Bytes): Words<Bytes> => ({
  bytes,
  words: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
})

/** Four bytes with their capital letters of ASCII as small ones. The highest bit of each byte decides: set from A on, from [ on, or beyond ASCII. */
function folded(word: number): number {
  const low = word & 0x7f7f7f7f
  const capitals = (low + 0x3f3f3f3f) & ~(low + 0x25252525) & ~word & 0x80808080
  return word | (capitals >>> 2)
}
