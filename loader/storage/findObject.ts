import { Readable } from 'node:stream'
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3'
import { statusOf } from './s3Trouble.ts'

export type Bucket = { readonly client: S3Client; readonly bucket: string }

export type FoundObject = {
  readonly bytes: number
  readonly etag: string | undefined
  /** Epoch milliseconds; S3 keeps whole seconds. */
  readonly changedAt: number | undefined
  /** Names in lower case. */
  readonly metadata: Readonly<Record<string, string>>
}

/** undefined when there is no such object. Throws what the SDK throws: NoSuchBucket where even the bucket is missing. */
export async function findObject({ client, bucket }: Bucket, key: string): Promise<FoundObject | undefined> {
  const place = { Bucket: bucket, Key: key }
  try {
    return found(await client.send(new HeadObjectCommand(place)))
  } catch (error) {
    const status = statusOf(error)
    if (status === undefined || status >= 500) throw error
  }
  // The answer to HEAD has no body that would say what is wrong; that to GET has.
  try {
    const answer = await client.send(new GetObjectCommand(place))
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
