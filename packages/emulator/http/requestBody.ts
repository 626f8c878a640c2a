import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream'
import { createGunzip, createInflate } from 'node:zlib'

/** A request's body in pieces: never joined, because an upload may have 100 MB. */
export type RequestBody = { readonly pieces: readonly Buffer[]; readonly bytes: number; readonly text: () => string }

// https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_compression.htm
function decompressor(request: IncomingMessage) {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase()
  if (encoding === 'gzip') return createGunzip()
  return encoding === 'deflate' ? createInflate() : undefined
}

function pieces(request: IncomingMessage): AsyncIterable<Buffer> {
  const decompress = decompressor(request)
  // The reader of the pieces gets the error of either stream.
  return decompress === undefined ? request : pipeline(request, decompress, () => undefined)
}

/**
 * Reads the whole body, decompressed; undefined when it is not compressed as its header says. Throws when the connection ends before
 * it is complete: fewer bytes than the stated Content-Length, or a chunked body without its end.
 */
export async function readBody(request: IncomingMessage): Promise<RequestBody | undefined> {
  const read: Buffer[] = []
  let bytes = 0
  try {
    for await (const piece of pieces(request)) {
      read.push(piece)
      bytes += piece.length
    }
  } catch (cause) {
    const isWrongEncoding = cause instanceof Error && 'code' in cause && String(cause.code).startsWith('Z_')
    if (isWrongEncoding && request.complete) return undefined
    throw cause
  }
  if (!request.complete) throw new Error(`Body cut short after ${bytes} bytes`)
  return { pieces: read, bytes, text: () => Buffer.concat(read).toString('utf8') }
}
