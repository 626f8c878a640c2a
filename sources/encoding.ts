import { isUtf8 } from 'node:buffer'
import type { Encoding } from '../sync/spec.ts'

export type DetectedEncoding = {
  readonly encoding: Encoding
  /** Length of the byte order mark, 0 when there is none. */
  readonly markBytes: number
  /** False while everything is ASCII or only looks like UTF-8: a later byte may show that it is windows-1252. */
  readonly certain: boolean
}

const BYTE_ORDER_MARKS: readonly { readonly encoding: Encoding; readonly bytes: readonly number[] }[] = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
]

/** Share of the byte pairs that are half zero above which text is UTF-16: ASCII in it has all, CJK its line ends and delimiters. */
const UTF16_ZERO_SHARE = 0.02

/** Tells the encoding from the first bytes of a text; the one given wins, and then only its own mark is skipped. */
export function detectEncoding(sample: Uint8Array, given?: Encoding): DetectedEncoding {
  const mark = BYTE_ORDER_MARKS.find(({ bytes }) => bytes.every((byte, index) => sample[index] === byte))
  if (given !== undefined) {
    return { encoding: given, markBytes: mark?.encoding === given ? mark.bytes.length : 0, certain: true }
  }
  if (mark !== undefined) return { encoding: mark.encoding, markBytes: mark.bytes.length, certain: true }
  const wide = utf16ByZeroBytes(sample)
  if (wide !== undefined) return { encoding: wide, markBytes: 0, certain: true }
  return { encoding: 'utf-8', markBytes: 0, certain: false }
}

/** In UTF-16 the letters, delimiters and line ends of ASCII have a zero byte, always on the same side. */
function utf16ByZeroBytes(sample: Uint8Array): Encoding | undefined {
  const zeros = [0, 0]
  const even = sample.length - (sample.length % 2)
  for (let index = 0; index < even; index++) {
    if (sample[index] === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1
  }
  const [first = 0, second = 0] = zeros
  const enough = (even / 2) * UTF16_ZERO_SHARE
  if (second > enough && first < second / 20) return 'utf-16le'
  if (first > enough && second < first / 20) return 'utf-16be'
  return undefined
}

/** Bytes at the end that begin a UTF-8 character without ending it: 0 to 3. */
export function incompleteUtf8(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if ((byte & 0xc0) === 0x80) continue
    return sequenceLength(byte) > back ? back : 0
  }
  return 0
}

export type Utf8Census = {
  /** Characters of two and more bytes that are right. */
  readonly valid: number
  /** Bytes that belong to no character. */
  readonly invalid: number
  /** Place of the first of them; -1 when there is none. */
  readonly firstInvalid: number
}

/** Counts what speaks for UTF-8 and against it. Slow: only for the block where the question comes up. */
export function censusOfUtf8(bytes: Uint8Array): Utf8Census {
  let valid = 0
  let invalid = 0
  let firstInvalid = -1
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes[at] ?? 0)
    const right = length === 1 || (length > 1 && at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)))
    if (right && length > 1) valid += 1
    if (!right) {
      invalid += 1
      if (firstInvalid < 0) firstInvalid = at
    }
    at += right ? length : 1
  }
  return { valid, invalid, firstInvalid }
}

/** Bytes of the character that begins with this byte; 0 when none can. */
function sequenceLength(byte: number): number {
  if (byte < 0x80) return 1
  if (byte >= 0xc2 && byte < 0xe0) return 2
  if (byte >= 0xe0 && byte < 0xf0) return 3
  if (byte >= 0xf0 && byte < 0xf5) return 4
  return 0
}
