import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream'
import { createGunzip, createInflate } from 'node:zlib'
import type { FileBodies, StoredBody } from '../records/fileBodies.ts'
import { readMultipart } from './multipartBody.ts'

/** A request's body in pieces: never joined, because an upload may have 100 MB. */
export type RequestBody = {
  readonly pieces: readonly Buffer[]
  readonly bytes: number
  /** Of a message with files: its JSON. */
  readonly text: () => string
  /** The files of a multipart message, by the name of their part. */
  readonly files?: ReadonlyMap<string, StoredBody>
  /** Why a multipart message cannot be read. */
  readonly problem?: string | undefined
}

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

/** Counts the bytes that pass. */
async function* counted(source: AsyncIterable<Buffer>, count: { bytes: number }): AsyncGenerator<Buffer> {
  for await (const piece of source) {
    count.bytes += piece.length
    yield piece
  }
}

async function readPieces(source: AsyncIterable<Buffer>): Promise<Pick<RequestBody, 'pieces' | 'text'>> {
  const read: Buffer[] = []
  for await (const piece of source) read.push(piece)
  return { pieces: read, text: () => Buffer.concat(read).toString('utf8') }
}

// A multipart request to any other resource has no files: a small ingest job with its data.
function hasFiles({ headers, url = '' }: IncomingMessage): boolean {
  const isMultipart = /^multipart\/form-data/i.test(headers['content-type'] ?? '')
  return isMultipart && /^\/services\/data\/v[\d.]+\/(?:composite\/)?sobjects\b/i.test(url)
}

/**
 * Reads the whole body, decompressed; undefined when it is not compressed as its header says. Throws when the connection ends before
 * it is complete: fewer bytes than the stated Content-Length, or a chunked body without its end.
 */
export async function readBody(request: IncomingMessage, bodies: FileBodies): Promise<RequestBody | undefined> {
  const count = { bytes: 0 }
  const source = counted(pieces(request), count)
  let body: Omit<RequestBody, 'bytes'>
  try {
    if (hasFiles(request)) {
      const { json, files, problem } = await readMultipart(source, request.headers['content-type'] ?? '', bodies)
      body = { pieces: [], text: () => json, files, problem }
    } else body = await readPieces(source)
  } catch (cause) {
    const isWrongEncoding = cause instanceof Error && 'code' in cause && String(cause.code).startsWith('Z_')
    if (isWrongEncoding && request.complete) return undefined
    throw cause
  }
  if (!request.complete) throw new Error(`Body cut short after ${count.bytes} bytes`)
  return { ...body, bytes: count.bytes }
}
