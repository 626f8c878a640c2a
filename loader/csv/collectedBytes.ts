const FIRST_BYTES = 64 * 1024

/** Bytes that are collected for one write, in memory that is used again. */
export class CollectedBytes {
  /** Those before `length` are collected. */
  bytes = Buffer.allocUnsafeSlow(FIRST_BYTES)
  length = 0

  /** Makes room for so many bytes after `length`. Returns `bytes`. */
  reserve(more: number): Buffer {
    const needed = this.length + more
    if (needed > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(needed * 2)
      larger.set(this.bytes.subarray(0, this.length))
      this.bytes = larger
    }
    return this.bytes
  }

  add(text: string): void {
    this.length += this.reserve(Buffer.byteLength(text)).write(text, this.length)
  }

  /** The collected bytes; the next ones overwrite them. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.length)
    this.length = 0
    return taken
  }
}

/** Copies a few bytes, for which a native copy takes longer. Returns the position after them. */
export function copyBytes(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  let place = at
  for (let i = start; i < end; i++) to[place++] = from[i] as number
  return place
}
