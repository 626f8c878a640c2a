// Reads an S3 object to its end, over new connections when one is cut.
import type { Readable } from 'node:stream'
import type { S3 } from '@aws-sdk/client-s3'
import { SteadyReader, TooSlowError } from '../http/steadyReader.ts'
import { s3Problem, statusOf } from './s3Errors.ts'
import type { S3Place } from './uris.ts'

/** Consecutive cuts without a byte in between after which reading fails. */
const CUTS = 5

/** Thrown when an object was replaced or removed while it was read: parts of two objects must not be joined. */
export class ObjectChangedError extends Error {
  override readonly name = 'ObjectChangedError' as const

  constructor({ bucket, key }: S3Place) {
    super(`s3://${bucket}/${key} was replaced while it was read`)
  }
}

export type OpenedObject = {
  readonly bytes: number
  readonly etag: string | undefined
  /** `gzip` when it was stored compressed. */
  readonly encoding: string | undefined
  /** Can be iterated once. Rethrows errors of the SDK, or ObjectChangedError. */
  readonly content: AsyncIterable<Uint8Array>
  /** Closes the connection when the content is not read. */
  discard(): void
}

/** Rethrows errors of the SDK: NoSuchKey when there is no such object. */
export async function openObject(client: S3, place: S3Place, signal?: AbortSignal): Promise<OpenedObject> {
  const first = await get(client, place, { signal })
  const bytes = first.bytes
  return {
    bytes,
    etag: first.etag,
    encoding: first.encoding,
    content: readOn(client, place, first, signal),
    discard: () => first.body.destroy(),
  }
}

type Answer = {
  readonly body: Readable
  readonly bytes: number
  readonly etag: string | undefined
  readonly encoding: string | undefined
}

type Part = { readonly from?: number; readonly etag?: string | undefined; readonly signal?: AbortSignal | undefined }

async function get(client: S3, { bucket, key }: S3Place, { from = 0, etag, signal }: Part): Promise<Answer> {
  const answer = await client.getObject(
    {
      Bucket: bucket,
      Key: key,
      ...(from === 0 ? {} : { Range: `bytes=${from}-` }),
      ...(etag === undefined ? {} : { IfMatch: etag }),
    },
    signal === undefined ? {} : { abortSignal: signal },
  )
  const { ETag, ContentEncoding, ContentLength = 0, ContentRange } = answer
  if (from > 0 && ContentRange?.startsWith(`bytes ${from}-`) !== true) {
    throw new Error('The S3 server cannot resume after a cut connection: it ignores the header Range')
  }
  return { body: answer.Body as Readable, bytes: ContentLength, etag: ETag, encoding: ContentEncoding }
}

/** Counts the bytes: a connection that closes early must not look like the end. */
async function* readOn(
  client: S3,
  place: S3Place,
  first: Answer,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void> {
  const { bytes, etag } = first
  const reader = new SteadyReader(signal)
  let read = 0
  let cuts = 0
  for (let body: Readable | undefined = first.body; ; body = undefined) {
    try {
      body ??= (await get(client, place, { from: read, etag, signal })).body
      for await (const piece of reader.read(body)) {
        read += piece.byteLength
        cuts = 0
        yield piece
      }
      if (read === bytes) return
      throw new CutError()
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      // A server that sends a byte per connection would be read for ever.
      if (error instanceof TooSlowError) throw error
      if (statusOf(error) === 412 || statusOf(error) === 404) throw new ObjectChangedError(place)
      cuts += 1
      if (!s3Problem(error).transient || cuts > CUTS) throw error
    }
  }
}

class CutError extends Error {
  readonly code = 'ECONNRESET'

  constructor() {
    super('The connection was closed before the end of the object')
  }
}
