import type { IncomingMessage } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { TransportFailure, toTransportFailure } from './networkErrors.ts'
import { SteadyReader, TooSlowError } from './steadyReader.ts'

/** Bytes of one part of a decompressed text. */
const TEXT_PART = 64 * 1024
/** Bytes of one part of a decompressed stream. Measured on results of a million records: a quarter less time than with the parts of a text. */
const STREAM_PART = 256 * 1024

/** The answer's bytes, decompressed. Node's gunzip requires the trailer, so a body that ends too soon is an error here. */
function decoded(answer: IncomingMessage, chunkSize: number): Readable {
  if (answer.headers['content-encoding'] !== 'gzip') return answer
  return pipeline(answer, createGunzip({ chunkSize }), () => {})
}

/** The whole answer as text. Throws TransportFailure when it is cut short, or longer than `maxBytes` after decompression. */
export async function readText(answer: IncomingMessage, maxBytes: number): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  try {
    for await (const part of decoded(answer, TEXT_PART)) {
      bytes += part.length
      if (bytes > maxBytes) throw new Error(`the answer is longer than ${maxBytes} bytes`)
      parts.push(part)
    }
  } catch (error) {
    answer.destroy()
    throw toTransportFailure(error, true)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** Bytes that must arrive within each `stallTimeout` of waiting: about 550 a second with the default of two minutes. */
const LEAST_PROGRESS = 64 * 1024

/** The first bytes of gzip: https://datatracker.ietf.org/doc/html/rfc1952 */
const GZIP = Buffer.from([0x1f, 0x8b])

/** Whether bytes begin as gzip does. */
export const isGzip = (bytes: Uint8Array): boolean => GZIP.equals(bytes.subarray(0, GZIP.length))

/** The first character of a web page. */
const PAGE_START = '<'.charCodeAt(0)
const isBlank = (byte: number): boolean => byte <= 0x20 || byte === 0xef || byte === 0xbb || byte === 0xbf

/** Passes parts on; a body that begins like a page is not an answer of Salesforce, whatever its type says. */
function pageGuard(): (part: Uint8Array) => void {
  let begun = false
  return part => {
    if (begun) return
    const first = part.find(byte => !isBlank(byte))
    begun = first !== undefined
    if (first === PAGE_START) throw new TransportFailure('the body is a web page', { sent: true, code: 'PAGE' })
  }
}

const stalled = (stallTimeout: number): TransportFailure =>
  new TransportFailure(`the body stalled for ${stallTimeout / 1000} s`, { sent: true, code: 'STALLED' })

type StreamReading = {
  /** Milliseconds. */
  readonly stallTimeout: number
  /** Whether the bytes are given as they were sent, for `readKept`. */
  readonly isKept: boolean
  readonly failed: (failure: TransportFailure) => Error
}

/**
 * The answer as a stream of bytes, read as it is consumed. A cut or stalled body, or a web page, fails the stream with `failed(failure)`;
 * it never ends early as if complete.
 */
export function readStream(answer: IncomingMessage, { stallTimeout, isKept, failed }: StreamReading): Readable {
  const reader = new SteadyReader(undefined, { window: stallTimeout, leastBytes: LEAST_PROGRESS })
  const rejectPage = pageGuard()
  async function* guarded(): AsyncGenerator<Uint8Array> {
    try {
      for await (const part of reader.read(isKept ? answer : decoded(answer, STREAM_PART))) {
        rejectPage(part)
        yield part
      }
    } catch (error) {
      throw failed(error instanceof TooSlowError ? stalled(stallTimeout) : toTransportFailure(error, true))
    } finally {
      answer.destroy()
    }
  }
  const stream = Readable.from(guarded(), { objectMode: false })
  // A stream closed while it waits for data would otherwise hold its socket until the stall timeout.
  stream.once('close', () => answer.destroy())
  return stream
}

/** Bytes of one part of a kept answer: half of the block from which the allocator of a worker asks the system for memory. */
const KEPT_PART = 128 * 1024

/** Bytes of a kept answer by which `readKept` knows whether it was compressed. */
export const KEPT_HEAD = GZIP.length

/**
 * The bytes of an answer that was stored as it was sent, decompressed. A body that was cut, or is a web page, fails with `failed(failure)`.
 * A part is valid until the next one is requested.
 * @param head its first bytes
 */
export async function* readKept(
  head: Uint8Array,
  stored: Readable,
  failed: (failure: TransportFailure) => Error,
): AsyncGenerator<Uint8Array, void> {
  if (!isGzip(head)) {
    yield* stored
    return
  }
  const rejectPage = pageGuard()
  const unpacked = createGunzip({ chunkSize: KEPT_PART })
  // An error of the store is no error of the answer.
  let storeError: unknown
  stored.once('error', error => {
    storeError = error
  })
  try {
    for await (const part of pipeline(stored, unpacked, () => {})) {
      rejectPage(part)
      yield part
      release(part)
    }
  } catch (error) {
    throw storeError ?? failed(toTransportFailure(error, true))
  }
}

/** Frees the memory of a part that the decompression has filled. Its garbage would be collected late: few small objects come with it. */
function release({ buffer, byteLength }: Uint8Array): void {
  if (buffer.byteLength === byteLength && buffer instanceof ArrayBuffer) buffer.transfer(0)
}

/** Salesforce's own answers are about ten levels deep, and the widest describe has some 100,000 objects. */
const MAX_DEPTH = 100
const MAX_OBJECTS = 1_000_000

/** Whether parsing the text takes memory in proportion to its size: a few bytes of `{}` or `[` become a large object each. */
function isParseable(text: string): boolean {
  let depth = 0
  let objects = 0
  let quoted = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at)
    if (quoted) {
      if (character === BACKSLASH) at += 1
      else if (character === QUOTE) quoted = false
    } else if (character === QUOTE) quoted = true
    else if (character === OPEN_BRACE || character === OPEN_BRACKET) {
      depth += 1
      objects += 1
      if (depth > MAX_DEPTH || objects > MAX_OBJECTS) return false
    } else if (character === CLOSE_BRACE || character === CLOSE_BRACKET) depth -= 1
  }
  return true
}

const [QUOTE, BACKSLASH, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [...'"\\{}[]'].map(character =>
  character.charCodeAt(0),
)

/** The parsed text, or undefined when it is not JSON or has too many parts: the parser's own error would quote the text. */
export function parseJson(text: string): unknown {
  if (!isParseable(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
