import { isAscii, isUtf8 } from 'node:buffer'
import type { Encoding } from '../../packages/client/contract/encodings.ts'
import type { TextReading } from '../../packages/client/contract/runReport.ts'
import { incompleteUtf8 } from '../csv/utf8.ts'
import { censusOfUtf8, MULTI_BYTE } from './encoding.ts'
import { SourceEncodingError } from './errors.ts'
import { misreadUtf8 } from './mojibake.ts'

type EncodingDecision = TextReading['encodingBy']

/** Decodes blocks of bytes; a character that is cut at the end of a block is completed with the next block. */
export type BlockDecoder = {
  readonly encoding: Encoding
  readonly encodingBy: EncodingDecision
  /** Text, or whole characters of UTF-8 as they are. Throws SourceEncodingError when the bytes are not valid text. */
  decode(block: Buffer): string | Buffer
  /** Throws SourceEncodingError when the last character is cut. */
  end(): string
}

/** What was decoded so far, for the place of an error. */
class Progress {
  bytes = 0
  #lf = 0
  #cr = 0

  add(bytes: number, text: string): string {
    this.bytes += bytes
    this.#lf += countOf(text, '\n')
    this.#cr += countOf(text, '\r')
    return text
  }

  addUtf8(bytes: Buffer): Buffer {
    this.bytes += bytes.length
    this.#lf += countOf(bytes, LF)
    if (this.#lf === 0) this.#cr += countOf(bytes, CR)
    return bytes
  }

  /** The number of the line after the text. Only files of old Macs have CR alone. */
  lineAfter(text: string): number {
    const lf = this.#lf + countOf(text, '\n')
    return 1 + (lf > 0 ? lf : this.#cr + countOf(text, '\r'))
  }
}

const LF = 10
const CR = 13

type Searchable<T> = { indexOf(character: T, from?: number): number }

function countOf<T>(text: Searchable<T>, character: T): number {
  let count = 0
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) count += 1
  return count
}

const shownByte = (byte = 0): string => `0x${byte.toString(16).toUpperCase().padStart(2, '0')}`

const CUT = 'the file ends in the middle of a character'

/**
 * Decodes UTF-8. An encoding that was not given is decided at the first byte beyond ASCII, at any position: bytes that are not
 * UTF-8 are then read as windows-1252, which is a guess. The decision is final once UTF-8 letters were read.
 */
export class Utf8Decoder implements BlockDecoder {
  readonly #source: string
  readonly #progress = new Progress()
  #encodingBy: EncodingDecision
  #isCertain: boolean
  #tail: Buffer = Buffer.alloc(0)
  #guess: LegacyDecoder | undefined

  constructor(source: string, encodingBy: EncodingDecision) {
    this.#source = source
    this.#encodingBy = encodingBy
    this.#isCertain = encodingBy !== 'detected'
  }

  get encoding(): Encoding {
    return this.#guess?.encoding ?? 'utf-8'
  }

  get encodingBy(): EncodingDecision {
    return this.#guess?.encodingBy ?? this.#encodingBy
  }

  decode(block: Buffer): string | Buffer {
    if (this.#guess !== undefined) return this.#guess.decode(block)
    const bytes = this.#tail.length > 0 ? Buffer.concat([this.#tail, block]) : block
    const cut = incompleteUtf8(bytes)
    const whole = bytes.subarray(0, bytes.length - cut)
    if (isUtf8(whole)) {
      if (!this.#isCertain) this.#isCertain = !isAscii(whole)
      // A copy: the block belongs to the reader of the file.
      this.#tail = Buffer.from(bytes.subarray(whole.length))
      return this.#progress.addUtf8(whole)
    }
    const { valid, invalid, firstInvalid } = censusOfUtf8(whole)
    // Text in windows-1252 can rarely contain a valid UTF-8 character: "É”".
    if (this.#isCertain || valid >= invalid) {
      throw this.#problem(whole, firstInvalid, `${shownByte(whole[firstInvalid])} is not UTF-8`)
    }
    return this.#guessed().decode(bytes)
  }

  end(): string {
    if (this.#guess !== undefined) return this.#guess.end()
    const tail = this.#tail
    if (tail.length === 0) return ''
    if (this.#isCertain) throw this.#problem(tail, 0, CUT)
    const guess = this.#guessed()
    return guess.decode(tail) + guess.end()
  }

  #guessed(): LegacyDecoder {
    this.#guess = new LegacyDecoder(this.#source, 'windows-1252', 'guessed', this.#progress)
    return this.#guess
  }

  #problem(bytes: Buffer, at: number, problem: string): SourceEncodingError {
    const line = this.#progress.lineAfter(bytes.subarray(0, at).toString('latin1'))
    return new SourceEncodingError(this.#source, { encoding: 'utf-8', byte: this.#progress.bytes + at, line, problem })
  }
}

/** Bytes without a meaning, and control characters that the standard gives to bytes without a meaning. */
const NO_CHARACTER = /[\uFFFD\u0080-\u009F]/

/** Decodes the encodings from before Unicode, as the WHATWG Encoding Standard defines them. */
export class LegacyDecoder implements BlockDecoder {
  readonly encoding: Encoding
  readonly encodingBy: EncodingDecision
  readonly #source: string
  readonly #decoder: InstanceType<typeof TextDecoder>
  readonly #progress: Progress

  constructor(source: string, encoding: Encoding, encodingBy: EncodingDecision, progress = new Progress()) {
    this.#source = source
    this.encoding = encoding
    this.encodingBy = encodingBy
    this.#decoder = new TextDecoder(encoding)
    this.#progress = progress
  }

  decode(block: Buffer): string {
    // ISO-2022-JP writes letters as ASCII between escape sequences.
    const isPlain = !MULTI_BYTE.has(this.encoding) && isAscii(block)
    return this.#checked(isPlain ? block.toString('latin1') : this.#decoder.decode(block, { stream: true }), block)
  }

  end(): string {
    return this.#checked(this.#decoder.decode(), Buffer.alloc(0))
  }

  #checked(text: string, bytes: Buffer): string {
    const at = text.search(NO_CHARACTER)
    if (at < 0) {
      this.#checkGuess(text)
      return this.#progress.add(bytes.length, text)
    }
    const isMultiByte = MULTI_BYTE.has(this.encoding)
    const line = this.#progress.lineAfter(text.slice(0, at))
    const cut = bytes.length === 0 ? CUT : 'bytes there are not characters of this encoding'
    throw new SourceEncodingError(this.#source, {
      encoding: this.encoding,
      isGuess: this.encodingBy === 'guessed',
      line,
      ...(isMultiByte ? {} : { byte: this.#progress.bytes + at }),
      problem: isMultiByte ? cut : `${shownByte(bytes[at])} is not a character of this encoding`,
    })
  }

  /** Rejects a file of two encodings, such as two files joined: some of its letters are UTF-8. */
  #checkGuess(text: string): void {
    if (this.encodingBy !== 'guessed') return
    const at = misreadUtf8(text)
    if (at < 0) return
    throw new SourceEncodingError(this.#source, {
      encoding: this.encoding,
      isGuess: true,
      line: this.#progress.lineAfter(text.slice(0, at)),
      byte: this.#progress.bytes + at,
      problem: 'is UTF-8, and other lines are not: two files may have been joined',
    })
  }
}

/** Decodes UTF-16 in either byte order; half a surrogate pair is an error and is never replaced. */
export class Utf16Decoder implements BlockDecoder {
  readonly encoding: Encoding
  readonly encodingBy: EncodingDecision
  readonly #source: string
  readonly #progress = new Progress()
  #tail: Buffer = Buffer.alloc(0)

  constructor(source: string, encoding: 'utf-16le' | 'utf-16be', encodingBy: EncodingDecision) {
    this.#source = source
    this.encoding = encoding
    this.encodingBy = encodingBy
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
    return this.#progress.add(end, text)
  }

  end(): string {
    if (this.#tail.length === 0) return ''
    throw this.#problem('', CUT)
  }

  #text(bytes: Buffer): string {
    if (this.encoding === 'utf-16le') return bytes.toString('utf16le')
    return Buffer.from(bytes).swap16().toString('utf16le')
  }

  #halfPair(text: string): SourceEncodingError {
    const repaired = text.toWellFormed()
    let at = 0
    while (text.charCodeAt(at) === repaired.charCodeAt(at)) at += 1
    return this.#problem(text.slice(0, at), 'half of a surrogate pair has no other half')
  }

  #problem(before: string, problem: string): SourceEncodingError {
    const byte = this.#progress.bytes + before.length * 2
    const line = this.#progress.lineAfter(before)
    return new SourceEncodingError(this.#source, { encoding: this.encoding, byte, line, problem })
  }
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00
