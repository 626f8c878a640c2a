import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** Values of Content-Encoding that need no decoding; `aws-chunked` describes only the transfer. */
const PLAIN: readonly string[] = ['', 'identity', 'aws-chunked']

export function isPlain(encoding: string | undefined): boolean {
  return (encoding ?? '').split(',').every(part => PLAIN.includes(part.trim().toLowerCase()))
}

/** What is wrong with a content encoding; undefined when it can be decoded. */
export function encodingProblem(encoding: string | undefined): string | undefined {
  if (isPlain(encoding) || isGzip(encoding)) return undefined
  return `its server sends Content-Encoding ${JSON.stringify(encoding)}; supported is gzip`
}

/** Rethrows read errors, and throws an error of zlib when a gzip is cut or broken. */
export function unpacked(content: AsyncIterable<Uint8Array>, encoding: string | undefined): AsyncIterable<Uint8Array> {
  if (!isGzip(encoding)) return content
  // The reader gets the error.
  return pipeline(Readable.from(content, { objectMode: false }), createGunzip(), () => undefined)
}

const isGzip = (encoding: string | undefined): boolean =>
  /^\s*(?:aws-chunked\s*,\s*)?(?:x-)?gzip\s*$/i.test(encoding ?? '')

/** Whether decompression failed: zlib's errors have such codes, also for a gzip file that was stored incompletely. */
export function isBrokenGzip(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^Z_/.test(String(error.code))
}
