import type { IncomingMessage } from 'node:http'

/** A request's body in pieces: never joined, because an upload may have 100 MB. */
export type RequestBody = { readonly pieces: readonly Buffer[]; readonly bytes: number; readonly text: () => string }

/**
 * Reads the whole body. Throws when the connection ends before it is complete: fewer bytes than the stated Content-Length, or a
 * chunked body without its end.
 */
export async function readBody(request: IncomingMessage): Promise<RequestBody> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    pieces.push(piece)
    bytes += piece.length
  }
  if (!request.complete) throw new Error(`Body cut short after ${bytes} bytes`)
  return { pieces, bytes, text: () => Buffer.concat(pieces).toString('utf8') }
}
