import type { IncomingMessage } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { TransportFailure, toTransportFailure } from './networkErrors.ts'

/** Bytes of a JSON answer held in memory; a query page of 2,000 wide records is far below. */
const MAX_TEXT_BYTES = 256 * 1024 * 1024

/** Bytes of one part of a decompressed body; zlib's own choice of 16 kB makes four times the parts. */
const PART_BYTES = 64 * 1024

/** The answer's bytes, decompressed. Node's gunzip requires the trailer, so a body that ends too soon is an error here. */
function decoded(answer: IncomingMessage): Readable {
  if (answer.headers['content-encoding'] !== 'gzip') return answer
  return pipeline(answer, createGunzip({ chunkSize: PART_BYTES }), () => {})
}

/** The whole answer as text. Throws TransportFailure when it is cut short. */
export async function readText(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  try {
    for await (const part of decoded(answer)) {
      bytes += part.length
      if (bytes > MAX_TEXT_BYTES) throw new Error(`the answer is longer than ${MAX_TEXT_BYTES} bytes`)
      parts.push(part)
    }
  } catch (error) {
    answer.destroy()
    throw toTransportFailure(error, true)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** Waits for the next part, but no longer than `stallTimeout`; a slow reader is not a stall. */
async function nextPart(parts: AsyncIterator<Buffer>, stallTimeout: number): Promise<IteratorResult<Buffer>> {
  let timer: NodeJS.Timeout | undefined
  const stalled = new Promise<never>((_resolve, reject) => {
    const facts = { sent: true, code: 'STALLED' }
    const message = `the body stalled for ${stallTimeout / 1000} s`
    timer = setTimeout(() => reject(new TransportFailure(message, facts)), stallTimeout)
  })
  try {
    return await Promise.race([parts.next(), stalled])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * The answer as a stream of bytes, read as it is consumed. A cut or stalled body fails the stream with `failed(failure)`;
 * it never ends early as if complete. `stallTimeout` in milliseconds.
 */
export function readStream(
  answer: IncomingMessage,
  stallTimeout: number,
  failed: (failure: TransportFailure) => Error,
): Readable {
  const parts = decoded(answer)[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  async function* guarded(): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        const part = await nextPart(parts, stallTimeout)
        if (part.done) return
        yield part.value
      }
    } catch (error) {
      throw failed(toTransportFailure(error, true))
    } finally {
      answer.destroy()
    }
  }
  const stream = Readable.from(guarded(), { objectMode: false })
  // A stream closed while it waits for data would otherwise hold its socket until the stall timeout.
  stream.once('close', () => answer.destroy())
  return stream
}

/** The parsed text, or undefined when it is not JSON: the parser's own error would quote the text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
