import { Readable } from 'node:stream'
import type {
  GetObjectCommandOutput,
  HeadObjectCommandOutput,
  ListMultipartUploadsCommandOutput,
  S3,
} from '@aws-sdk/client-s3'
import { statusOf } from './s3Errors.ts'

// Requests about the objects of one bucket, as the run store needs them.

/** Metadata key for the writer of an object. */
export const WRITER = 'sflink-writer'

/** @param writer when given: writes only if the object does not exist, and stores the writer in its metadata */
export async function putObject(
  { client, bucket }: Bucket,
  key: string,
  content: string | Uint8Array,
  writer?: string,
): Promise<void> {
  const condition = writer === undefined ? {} : { IfNoneMatch: '*', Metadata: { [WRITER]: writer } }
  // An empty string would be treated as a stream of unknown length.
  const Body = typeof content === 'string' ? Buffer.from(content) : content
  await client.putObject({ Bucket: bucket, Key: key, Body, ...condition })
}

/** Some bytes of an object, fewer at its end; undefined when it does not exist. */
export async function getPart(
  { client, bucket }: Bucket,
  key: string,
  from: number,
  bytes: number,
): Promise<Buffer | undefined> {
  try {
    const { Body } = await client.getObject({ Bucket: bucket, Key: key, Range: `bytes=${from}-${from + bytes - 1}` })
    return Buffer.from((await Body?.transformToByteArray()) ?? [])
  } catch (error) {
    // The range begins at the end.
    if (statusOf(error) === 416) return Buffer.alloc(0)
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined
    throw error
  }
}

export async function deleteObject({ client, bucket }: Bucket, key: string): Promise<void> {
  await client.deleteObject({ Bucket: bucket, Key: key })
}

/** Keys that begin with a prefix, in pages of up to a thousand. */
export async function* listKeys({ client, bucket }: Bucket, prefix: string): AsyncGenerator<readonly string[], void> {
  for await (const { Contents = [] } of client.paginateListObjectsV2({ Bucket: bucket, Prefix: prefix })) {
    yield Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key]))
  }
}

/** Names directly below a prefix that ends with `/`. */
export async function* listFolders({ client, bucket }: Bucket, prefix: string): AsyncGenerator<string, void> {
  const query = { Bucket: bucket, Prefix: prefix, Delimiter: '/' }
  for await (const { CommonPrefixes = [] } of client.paginateListObjectsV2(query)) {
    for (const { Prefix = '' } of CommonPrefixes) yield Prefix.slice(prefix.length, -1)
  }
}

/** Removes all objects and unfinished uploads whose key begins with a prefix. */
export async function deleteAll(at: Bucket, prefix: string): Promise<void> {
  const { client, bucket } = at
  for await (const keys of listKeys(at, prefix)) {
    if (keys.length === 0) continue
    const Objects = keys.map(Key => ({ Key }))
    const { Errors = [] } = await client.deleteObjects({ Bucket: bucket, Delete: { Objects, Quiet: true } })
    const [first] = Errors
    if (first !== undefined) throw Object.assign(new Error(first.Message), { name: first.Code ?? 'Unknown' })
  }
  await abortUploads(at, prefix)
}

async function abortUploads({ client, bucket }: Bucket, prefix: string): Promise<void> {
  let page: ListMultipartUploadsCommandOutput | undefined
  do {
    const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page ?? {}
    const query = { Bucket: bucket, Prefix: prefix, KeyMarker, UploadIdMarker }
    page = await client.listMultipartUploads(query)
    for (const { Key, UploadId } of page.Uploads ?? []) {
      await client.abortMultipartUpload({ Bucket: bucket, Key, UploadId })
    }
  } while (page.IsTruncated === true)
}

export type Bucket = { readonly client: S3; readonly bucket: string }

export type FoundObject = {
  readonly bytes: number
  readonly etag: string | undefined
  /** Epoch milliseconds; S3 stores whole seconds. */
  readonly changedAt: number | undefined
  /** Names in lower case. */
  readonly metadata: Readonly<Record<string, string>>
}

/** undefined when there is no such object. Rethrows errors of the SDK: NoSuchBucket when the bucket is missing. */
export async function findObject({ client, bucket }: Bucket, key: string): Promise<FoundObject | undefined> {
  const place = { Bucket: bucket, Key: key }
  try {
    return found(await client.headObject(place))
  } catch (error) {
    const status = statusOf(error)
    if (status === undefined || status >= 500) throw error
  }
  // The answer to HEAD has no body with the reason; the answer to GET has one.
  try {
    const answer = await client.getObject(place)
    const { Body } = answer
    if (Body instanceof Readable) Body.destroy()
    return found(answer)
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined
    throw error
  }
}

function found(answer: HeadObjectCommandOutput | GetObjectCommandOutput): FoundObject {
  const { ContentLength = 0, ETag, LastModified, Metadata = {} } = answer
  return { bytes: ContentLength, etag: ETag, changedAt: LastModified?.getTime(), metadata: Metadata }
}
