// A real S3 server for the tests of one file, with a bucket.
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, DeleteBucketCommand, type S3ClientConfig } from '@aws-sdk/client-s3'
import { startS3Server } from '../../dev/processes/s3Server.ts'
import { type S3Access, s3Access } from '../../loader/storage/s3Client.ts'
import { deleteAll } from '../../loader/storage/s3Objects.ts'

export type TestS3 = {
  readonly endpoint: string
  readonly bucket: string
  /** Environment variables for a process that uses it. */
  readonly environment: Readonly<Record<string, string>>
  /** The client of a worker, with the settings of a test. */
  access(settings?: S3ClientConfig): S3Access
  close(): Promise<void>
}

/** Milliseconds for `beforeAll`: outside of the gate the server may have to be built first. */
export const S3_START_MS = 400_000

export async function startTestS3(): Promise<TestS3> {
  const folder = await mkdtemp(join(tmpdir(), 'sflink-s3-'))
  const server = await startS3Server({ folder })
  const bucket = `sflink-test-${randomUUID()}`
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_REGION = '' } = server.environment
  const access = (settings: S3ClientConfig = {}) =>
    s3Access({
      endpoint: server.endpoint,
      forcePathStyle: true,
      region: AWS_REGION,
      credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
      ...settings,
    })
  const client = access()()
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  return {
    endpoint: server.endpoint,
    bucket,
    environment: server.environment,
    access,
    close: async () => {
      await deleteAll({ client, bucket }, '')
      await client.send(new DeleteBucketCommand({ Bucket: bucket }))
      client.destroy()
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
