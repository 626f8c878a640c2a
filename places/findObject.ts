import { HeadBucketCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3'
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
  try {
    const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
    const { ContentLength = 0, ETag, LastModified, Metadata = {} } = head
    return { bytes: ContentLength, etag: ETag, changedAt: LastModified?.getTime(), metadata: Metadata }
  } catch (error) {
    if (statusOf(error) !== 404) throw error
    // HEAD has no body that would say what is missing.
    await checkBucket({ client, bucket })
    return undefined
  }
}

async function checkBucket({ client, bucket }: Bucket): Promise<void> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }))
  } catch (error) {
    if (statusOf(error) === 404 && error instanceof Error) error.name = 'NoSuchBucket'
    throw error
  }
}
