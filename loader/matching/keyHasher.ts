/**
 * A 96-bit hash of texts, in three numbers, so that hashing a million keys allocates no memory. Among 100 million keys
 * the chance that any two collide is about one in 10^13.
 */
export class KeyHasher {
  a = 0
  b = 0
  c = 0

  reset(): this {
    this.a = 0x243f6a88
    this.b = 0x85a308d3 | 0
    this.c = 0x13198a2e
    return this
  }

  /** Adds a text and its end, so that `ab`,`c` and `a`,`bc` differ. */
  add(text: string): this {
    let { a, b, c } = this
    const { length } = text
    // Each step is reversible, and each number feeds the next, so no information is lost. Two characters at a time.
    for (let i = 0; i < length; i += 2) {
      const pair = i + 1 < length ? text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16) : text.charCodeAt(i)
      a = Math.imul(((a << 5) | (a >>> 27)) ^ pair, 0x9e3779b1)
      b = Math.imul(((b << 9) | (b >>> 23)) + a, 0x85ebca77)
      c = Math.imul(((c << 13) | (c >>> 19)) ^ b, 0xc2b2ae3d)
    }
    // The length marks the end, also of a text that ends in a character of code 0.
    a = Math.imul(((a << 5) | (a >>> 27)) ^ (length + 1), 0x9e3779b1)
    b = Math.imul(((b << 9) | (b >>> 23)) + a, 0x85ebca77)
    c = Math.imul(((c << 13) | (c >>> 19)) ^ b, 0xc2b2ae3d)
    this.a = a
    this.b = b
    this.c = c
    return this
  }

  /** Spreads every bit over each of the three numbers. */
  finish(): this {
    let { a, b, c } = this
    a ^= c
    a = mix(a)
    b = mix(b ^ a)
    c = mix(c ^ b)
    a = mix(a ^ c)
    this.a = a >>> 0
    this.b = b >>> 0
    this.c = c >>> 0
    return this
  }
}

/** The finaliser of MurmurHash3. */
function mix(value: number): number {
  let h = value
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}
