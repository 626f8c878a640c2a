import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** How a server may say that it has packed a file; `aws-chunked` says how it was sent, once. */
const PLAIN: readonly string[] = ['', 'identity', 'aws-chunked']

export function isPlain(encoding: string | undefined): boolean {
  return (encoding ?? '').split(',').every(part => PLAIN.includes(part.trim().toLowerCase()))
}

/** What is wrong with it; undefined when it can be unpacked. */
export function encodingProblem(encoding: string | undefined): string | undefined {
  if (isPlain(encoding) || isGzip(encoding)) return undefined
  return `its server packs it as ${JSON.stringify(encoding)}; understood is gzip`
}

/** Rethrows read errors, and throws an error of zlib when a gzip is cut or broken. */
export function unpacked(content: AsyncIterable<Uint8Array>, encoding: string | undefined): AsyncIterable<Uint8Array> {
  if (!isGzip(encoding)) return content
  // The reader gets the error.
  return pipeline(Readable.from(content, { objectMode: false }), createGunzip(), () => undefined)
}

const isGzip = (encoding: string | undefined): boolean =>
  /^\s*(?:aws-chunked\s*,\s*)?(?:x-)?gzip\s*$/i.test(encoding ?? '')

/** Whether unpacking failed: zlib's errors have such codes. A gzip that was stored half ends in the middle of one too. */
export function isBrokenGzip(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^Z_/.test(String(error.code))
}
