import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { s3Access } from '../../loader/storage/s3Client.ts'
import { startS3Server } from '../processes/s3Server.ts'
import type { Load } from './load.ts'

/** Locations of the source and the results of a load. */
export type LoadPlaces = {
  /** URI. */
  readonly source: string
  readonly dataDirectory: string
  readonly runStore: string
  /** `databases` of sflink.yaml. */
  readonly databases?: Readonly<Record<string, object>>
  /** Variables that the worker needs to reach them. */
  readonly environment: Readonly<Record<string, string>>
  close(): Promise<void>
}

export async function filePlaces({ source }: Pick<Load, 'source'>): Promise<LoadPlaces> {
  const place = { source: `file:${source}`, dataDirectory: dirname(source), runStore: 'file:runs' }
  return { ...place, environment: {}, close: async () => {} }
}

/** Starts an S3 server with its data in the folder of the load, and uploads the source to a bucket. */
export async function bucketPlaces({ source, folder }: Load): Promise<LoadPlaces> {
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
