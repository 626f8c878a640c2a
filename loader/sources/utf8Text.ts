import type { Encoding } from '../../packages/client/contract/encodings.ts'
import type { TextReading } from '../../packages/client/contract/runReport.ts'
import { type BlockDecoder, LegacyDecoder, Utf8Decoder, Utf16Decoder } from './decoders.ts'
import { conflictingEncoding, lookalike, markedEncoding, utf16ByZeroBytes } from './encoding.ts'
import { SourceNotTextError, SourceOptionError } from './errors.ts'
import { collectSamples } from './samples.ts'

/** Bytes decoded together: the encoding is decided on blocks of at least this size. */
const BLOCK_BYTES = 64 * 1024

/** In UTF-8. */
const BYTE_ORDER_MARK_BYTES = 3

/** What the text is read as. */
type ExpectedText = 'CSV' | 'JSON'

type EncodingFacts = Pick<TextReading, 'encoding' | 'encodingBy' | 'samples'>

export type Utf8Text = {
  /** Blocks of whole characters. */
  readonly blocks: AsyncGenerator<Buffer, void>
  /** The encoding as far as it is known by now. */
  readonly encoding: () => EncodingFacts
}

/**
 * Gives text as a stream of UTF-8, whatever its encoding, the byte order mark left out. Detects the encoding when none is given.
 * Throws, while being read, SourceNotTextError or SourceEncodingError.
 */
export function readAsUtf8(
  source: string,
  bytes: AsyncIterable<Uint8Array>,
  given?: Encoding,
  expected: ExpectedText = 'CSV',
): Utf8Text {
  let decoder: BlockDecoder | undefined
  const samples: string[] = []
  async function* decode(): AsyncGenerator<Buffer, void> {
    for await (const block of gather(bytes)) {
      const first = decoder === undefined
      decoder ??= openDecoder(source, block, given, expected)
      const wide = decoder.encoding.startsWith('utf-16')
      // Checked before decoding, which would report other bytes of a binary file.
      if (!wide && block.includes(0)) throw zeroBytes(source, expected)
      const text = decoder.decode(block)
      if (typeof text === 'string') {
        if (wide && text.includes('\0')) throw zeroBytes(source, expected)
        if (!isUnicode(decoder.encoding)) collectSamples(text, samples)
      }
      const utf8 = typeof text === 'string' ? Buffer.from(text) : text
      yield first && utf8.toString('utf8', 0, BYTE_ORDER_MARK_BYTES) === '\uFEFF'
        ? utf8.subarray(BYTE_ORDER_MARK_BYTES)
        : utf8
    }
    if (decoder !== undefined) yield Buffer.from(decoder.end())
  }
  const facts = (): EncodingFacts => ({
    encoding: decoder?.encoding ?? given ?? 'utf-8',
    encodingBy: decoder?.encodingBy ?? (given === undefined ? 'detected' : 'declared'),
    samples,
  })
  return { blocks: decode(), encoding: facts }
}

/** Whether bytes show by themselves that they are text of this encoding. */
const isUnicode = (encoding: Encoding): boolean => encoding.startsWith('utf-')

function openDecoder(
  source: string,
  sample: Buffer,
  given: Encoding | undefined,
  expected: ExpectedText,
): BlockDecoder {
  const other = lookalike(sample)
  if (other !== undefined && other.looksLike !== expected) {
    throw new SourceNotTextError(source, other.looksLike, other.advice, expected)
  }
  const marked = markedEncoding(sample)
  const declared = marked ?? given
  const conflict = marked === undefined && given !== undefined ? conflictingEncoding(sample, given) : undefined
  if (given !== undefined && conflict !== undefined) throw wrongEncoding(source, given, conflict)
  const found = declared ?? utf16ByZeroBytes(sample)
  const by = marked === undefined ? 'declared' : 'byte order mark'
  const encodingBy = declared === undefined ? 'detected' : by
  if (found === undefined) return new Utf8Decoder(source, 'detected')
  if (found === 'utf-8') return new Utf8Decoder(source, encodingBy)
  if (found === 'utf-16le' || found === 'utf-16be') return new Utf16Decoder(source, found, encodingBy)
  return new LegacyDecoder(source, found, encodingBy)
}

function wrongEncoding(source: string, given: Encoding, found: Encoding): SourceOptionError {
  return new SourceOptionError(
    `The source ${source} is not ${given}, the encoding given for it: its bytes are ${found}. ` +
      'Leave encoding out beside its uri to have it detected.',
    { kind: 'encodingConflict', source, given, found },
  )
}

function zeroBytes(source: string, expected: ExpectedText): SourceNotTextError {
  return new SourceNotTextError(
    source,
    'a binary file (it holds zero bytes)',
    `Save it as ${expected} (UTF-8); if it is UTF-16, set encoding: utf-16le beside its uri.`,
    expected,
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
