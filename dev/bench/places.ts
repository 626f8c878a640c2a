// Locations that a measured load reads and writes: files, or a bucket of a real S3 server on this machine.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { s3Access } from '../../loader/storage/s3Client.ts'
import { startS3Server } from '../processes/s3Server.ts'
import type { LoadPlaces } from './linkLoad.ts'

export function filePlaces(source: string): LoadPlaces {
  return { source: `file:${source}`, dataDirectory: dirname(source), runStore: 'file:runs', environment: {} }
}

export type BucketPlaces = LoadPlaces & { close(): Promise<void> }

/** Starts an S3 server with its data in the folder, and uploads the source to a bucket. */
export async function bucketPlaces(folder: string, source: string): Promise<BucketPlaces> {
  const server = await startS3Server({ folder: join(folder, 's3') })
  const { environment } = server
  Object.assign(process.env, environment)
  const client = s3Access()()
  const Bucket = 'bench'
  await client.send(new CreateBucketCommand({ Bucket }))
  const { size: ContentLength } = await stat(source)
  const Body = createReadStream(source)
  await client.send(new PutObjectCommand({ Bucket, Key: 'in/source.csv', Body, ContentLength }))
  return {
    source: `s3://${Bucket}/in/source.csv`,
    dataDirectory: `s3://${Bucket}/in`,
    runStore: `s3://${Bucket}/runs`,
    environment,
    close: async () => {
      client.destroy()
      await server.close()
    },
  }
}
