import { isUtf8 } from 'node:buffer'
import { CsvEncodingError } from './errors.ts'

/** Bytes at the end that begin a UTF-8 character without ending it: 0 to 3. */
export function incompleteUtf8(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if ((byte & 0xc0) === 0x80) continue
    return sequenceLength(byte) > back ? back : 0
  }
  return 0
}

/** Bytes of the character that begins with this byte; 0 when no character can. */
export function sequenceLength(byte: number): number {
  if (byte < 0x80) return 1
  if (byte >= 0xc2 && byte < 0xe0) return 2
  if (byte >= 0xe0 && byte < 0xf0) return 3
  if (byte >= 0xf0 && byte < 0xf5) return 4
  return 0
}

/** Gives the same bytes in blocks of whole characters. Throws CsvEncodingError when they are not UTF-8. */
export async function* checkedUtf8(source: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
  let tail: Buffer = Buffer.alloc(0)
  for await (const block of bytes) {
    const all =
      tail.length > 0 ? Buffer.concat([tail, block]) : Buffer.from(block.buffer, block.byteOffset, block.byteLength)
    const whole = all.subarray(0, all.length - incompleteUtf8(all))
    if (!isUtf8(whole)) throw new CsvEncodingError(source)
    // A copy: the block belongs to the reader of the file.
    tail = Buffer.from(all.subarray(whole.length))
    if (whole.length > 0) yield whole
  }
  if (tail.length > 0) throw new CsvEncodingError(source)
}
