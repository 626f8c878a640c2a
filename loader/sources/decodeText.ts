import type { Encoding } from '../../packages/client/contract/syncSpec.ts'
import { type BlockDecoder, NarrowDecoder, Utf16Decoder } from './decoders.ts'
import { conflictingEncoding, detectEncoding, lookalike } from './encoding.ts'
import { SourceNotTextError, SourceOptionError } from './errors.ts'

/** Bytes decoded together: the encoding is decided on blocks of at least this size. */
const BLOCK_BYTES = 64 * 1024

export type DecodedText = {
  readonly pieces: AsyncGenerator<string, void>
  /** The encoding as far as it is known by now. */
  readonly encoding: () => Encoding
}

/**
 * Decodes bytes as a stream, the byte order mark left out. Detects the encoding when none is given.
 * Throws, while being read, SourceNotTextError or SourceEncodingError.
 */
export function decodeText(source: string, bytes: AsyncIterable<Uint8Array>, given?: Encoding): DecodedText {
  let decoder: BlockDecoder | undefined
  async function* decode(): AsyncGenerator<string, void> {
    for await (const block of gather(bytes)) {
      const first = decoder === undefined
      decoder ??= openDecoder(source, block, given)
      const wide = decoder.encoding.startsWith('utf-16')
      // Checked before decoding, which would report other bytes of a binary file.
      if (!wide && block.includes(0)) throw zeroBytes(source)
      const text = decoder.decode(block)
      if (wide && text.includes('\0')) throw zeroBytes(source)
      yield first ? text.replace(/^\uFEFF/, '') : text
    }
    if (decoder !== undefined) yield decoder.end()
  }
  return { pieces: decode(), encoding: () => decoder?.encoding ?? given ?? 'utf-8' }
}

function openDecoder(source: string, sample: Buffer, given: Encoding | undefined): BlockDecoder {
  const other = lookalike(sample)
  if (other !== undefined) throw new SourceNotTextError(source, other.looksLike, other.advice)
  const conflict = given && conflictingEncoding(sample, given)
  if (given !== undefined && conflict !== undefined) throw wrongEncoding(source, given, conflict)
  const { encoding, certain } = detectEncoding(sample, given)
  if (encoding === 'utf-16le' || encoding === 'utf-16be') return new Utf16Decoder(source, encoding)
  return new NarrowDecoder(source, encoding, certain)
}

function wrongEncoding(source: string, given: Encoding, found: Encoding): SourceOptionError {
  return new SourceOptionError(
    `The source ${source} is not ${given}, the encoding given for it: its bytes are ${found}. ` +
      'Leave encoding out beside its uri to have it detected.',
    { kind: 'encodingConflict', source, given, found },
  )
}

function zeroBytes(source: string): SourceNotTextError {
  return new SourceNotTextError(
    source,
    'a binary file (it holds zero bytes)',
    'Save it as CSV (UTF-8); if it is UTF-16, set encoding: utf-16le beside its uri.',
  )
}

async function* gather(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
  let waiting: Uint8Array[] = []
  let size = 0
  for await (const chunk of bytes) {
    if (chunk.byteLength === 0) continue
    waiting.push(chunk)
    size += chunk.byteLength
    if (size < BLOCK_BYTES) continue
    yield asOne(waiting)
    waiting = []
    size = 0
  }
  if (size > 0) yield asOne(waiting)
}

function asOne(chunks: readonly Uint8Array[]): Buffer {
  const [only] = chunks
  if (chunks.length > 1 || only === undefined) return Buffer.concat(chunks)
  return Buffer.from(only.buffer, only.byteOffset, only.byteLength)
}
