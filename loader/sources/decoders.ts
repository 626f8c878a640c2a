import { isAscii, isUtf8 } from 'node:buffer'
import iconv from 'iconv-lite'
import type { Encoding } from '../../packages/client/contract/syncSpec.ts'
import { countLineEnds } from '../csv/csvBlock.ts'
import { censusOfUtf8, incompleteUtf8 } from './encoding.ts'
import { SourceEncodingError } from './errors.ts'

/** Decodes blocks of bytes; a character that is cut at the end of a block is completed with the next block. */
export type BlockDecoder = {
  readonly encoding: Encoding
  /** Throws SourceEncodingError when the bytes are not valid text. */
  decode(block: Buffer): string
  /** Throws SourceEncodingError when the last character is cut. */
  end(): string
}

/**
 * Decodes UTF-8 and windows-1252. Both are the same for ASCII, so an encoding that was not given is decided at the first
 * byte beyond ASCII, at any position; the decision is final once UTF-8 letters were read.
 */
export class NarrowDecoder implements BlockDecoder {
  encoding: Encoding
  readonly #source: string
  #certain: boolean
  #tail: Buffer = Buffer.alloc(0)
  #offset = 0
  #lineEnds = 0

  constructor(source: string, encoding: Encoding, certain: boolean) {
    this.#source = source
    this.encoding = encoding
    this.#certain = certain
  }

  decode(block: Buffer): string {
    const bytes = this.#tail.length > 0 ? Buffer.concat([this.#tail, block]) : block
    const cut = this.encoding === 'utf-8' ? incompleteUtf8(bytes) : 0
    // A copy: the block belongs to the reader of the file.
    this.#tail = Buffer.from(bytes.subarray(bytes.length - cut))
    return this.#take(bytes.subarray(0, bytes.length - cut), bytes)
  }

  end(): string {
    const tail = this.#tail
    this.#tail = Buffer.alloc(0)
    if (tail.length === 0) return ''
    if (this.#certain) throw this.#problem(tail, 0, 'the file ends in the middle of a character')
    this.encoding = 'windows-1252'
    return this.#windows1252(tail)
  }

  #take(whole: Buffer, bytes: Buffer): string {
    if (this.encoding === 'windows-1252') return this.#windows1252(whole)
    if (isAscii(whole)) return this.#count(whole, whole.toString('latin1'))
    if (isUtf8(whole)) {
      this.#certain = true
      return this.#count(whole, whole.toString('utf8'))
    }
    const { valid, invalid, firstInvalid } = censusOfUtf8(whole)
    // Text in windows-1252 can rarely contain a valid UTF-8 character: "É”".
    if (this.#certain || valid >= invalid) throw this.#problem(whole, firstInvalid, 'is not UTF-8')
    this.encoding = 'windows-1252'
    this.#certain = true
    this.#tail = Buffer.alloc(0)
    return this.#windows1252(bytes)
  }

  #windows1252(bytes: Buffer): string {
    const text = isAscii(bytes) ? bytes.toString('latin1') : iconv.decode(bytes, 'windows-1252')
    // One byte is one character, so the position in the text is the position in the bytes.
    const unknown = text.indexOf('\uFFFD')
    if (unknown >= 0) throw this.#problem(bytes, unknown, 'is not a character of this encoding')
    return this.#count(bytes, text)
  }

  #count(bytes: Buffer, text: string): string {
    this.#offset += bytes.length
    this.#lineEnds += countLineEnds(text, '\n')
    return text
  }

  #problem(bytes: Buffer, at: number, problem: string): SourceEncodingError {
    const before = countLineEnds(bytes.subarray(0, at).toString('latin1'), '\n')
    const hex = (bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, '0')
    return new SourceEncodingError(this.#source, {
      encoding: this.encoding,
      byte: this.#offset + at,
      line: this.#lineEnds + before + 1,
      problem: problem.startsWith('the ') ? problem : `0x${hex} ${problem}`,
    })
  }
}

/** Decodes UTF-16 in either byte order; half a surrogate pair is an error and is never replaced. */
export class Utf16Decoder implements BlockDecoder {
  readonly encoding: Encoding
  readonly #source: string
  #tail: Buffer = Buffer.alloc(0)
  #offset = 0
  #lineEnds = 0

  constructor(source: string, encoding: 'utf-16le' | 'utf-16be') {
    this.#source = source
    this.encoding = encoding
  }

  decode(block: Buffer): string {
    const bytes = Buffer.concat([this.#tail, block])
    let end = bytes.length - (bytes.length % 2)
    let text = this.#text(bytes.subarray(0, end))
    if (isHighSurrogate(text.charCodeAt(text.length - 1))) {
      text = text.slice(0, -1)
      end -= 2
    }
    this.#tail = Buffer.from(bytes.subarray(end))
    if (!text.isWellFormed()) throw this.#halfPair(text)
    this.#offset += end
    this.#lineEnds += countLineEnds(text, '\n')
    return text
  }

  end(): string {
    if (this.#tail.length === 0) return ''
    throw this.#problem(0, 0, 'the file ends in the middle of a character')
  }

  #text(bytes: Buffer): string {
    if (this.encoding === 'utf-16le') return bytes.toString('utf16le')
    return Buffer.from(bytes).swap16().toString('utf16le')
  }

  #halfPair(text: string): SourceEncodingError {
    const repaired = text.toWellFormed()
    let at = 0
    while (text.charCodeAt(at) === repaired.charCodeAt(at)) at += 1
    return this.#problem(at * 2, countLineEnds(text.slice(0, at), '\n'), 'half of a surrogate pair has no other half')
  }

  #problem(at: number, lineEnds: number, problem: string): SourceEncodingError {
    const place = { byte: this.#offset + at, line: this.#lineEnds + lineEnds + 1 }
    return new SourceEncodingError(this.#source, { encoding: this.encoding, ...place, problem })
  }
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00
