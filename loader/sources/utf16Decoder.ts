import type { Encoding } from '../../packages/client/contract/syncSpec.ts'
import { countLineEnds } from '../csv/lineEnds.ts'
import type { BlockDecoder } from './decodeText.ts'
import { SourceEncodingError } from './errors.ts'

/** Decodes UTF-16 in either byte order; half a surrogate pair is an error, never a question mark. */
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
    throw this.#fault(0, 0, 'the file ends in the middle of a character')
  }

  #text(bytes: Buffer): string {
    if (this.encoding === 'utf-16le') return bytes.toString('utf16le')
    return Buffer.from(bytes).swap16().toString('utf16le')
  }

  #halfPair(text: string): SourceEncodingError {
    const repaired = text.toWellFormed()
    let at = 0
    while (text.charCodeAt(at) === repaired.charCodeAt(at)) at += 1
    return this.#fault(at * 2, countLineEnds(text.slice(0, at), '\n'), 'half of a surrogate pair stands alone')
  }

  #fault(at: number, lineEnds: number, fault: string): SourceEncodingError {
    const place = { byte: this.#offset + at, line: this.#lineEnds + lineEnds + 1 }
    return new SourceEncodingError(this.#source, { encoding: this.encoding, ...place, fault })
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00
}
