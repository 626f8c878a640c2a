import { isGzip } from '../http/body.ts'
import { isBrokenGzip, unpacked } from './contentEncoding.ts'
import { rejected } from './errors.ts'

/** Unpacks a gzip file, which its first bytes show, and gives the bytes of any other file. Throws SourceFileError when a gzip file is cut. */
export async function* withoutGzip(uri: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const chunks = bytes[Symbol.asyncIterator]()
  const first = await chunks.next()
  if (first.done) return
  const all = chained(first.value, chunks)
  if (!isGzip(first.value)) {
    yield* all
    return
  }
  try {
    yield* unpacked(all, 'gzip')
  } catch (error) {
    if (!isBrokenGzip(error)) throw error
    throw rejected(uri, 'encoding', 'it is not a complete gzip file', 'Get the complete file again.')
  }
}

async function* chained(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  try {
    yield first
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}
