import { createReadStream } from 'node:fs'

/** Bytes of a file of the configuration. A worker reads them at any time, and a link may lead to a device without an end. */
const MAX_BYTES = 1024 * 1024

/** Reads a file, or a pipe, of at most MAX_BYTES. Rejects with the system's error, or one with the code EFBIG. */
export async function readBounded(path: string): Promise<Buffer> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of createReadStream(path) as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > MAX_BYTES) throw Object.assign(new Error(`more than ${MAX_BYTES} bytes`), { code: 'EFBIG' })
    parts.push(part)
  }
  return Buffer.concat(parts)
}
