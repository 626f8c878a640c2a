// Where runs are: on each site they have a namespace of Temporal, a run store and workers of their own.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { Client, type Connection } from '@temporalio/client'
import { stringify } from 'yaml'
import { startS3Server } from '../processes/s3Server.ts'

export const STORES = ['disk', 'S3'] as const
export type Store = (typeof STORES)[number]

export const NAMESPACES: Readonly<Record<Store, string>> = { disk: 'default', S3: 'on-s3' }

export type Site = {
  readonly store: Store
  readonly client: Client
  /** Variables of its workers and commands. */
  readonly environment: Readonly<Record<string, string>>
  /** Resolves to a file of a run; undefined when the run has none of that name. */
  read(runId: string, file: string): Promise<string | undefined>
}

export type Sites = {
  readonly sites: Readonly<Record<Store, Site>>
  close(): Promise<void>
}

const BUCKET = 'storm'

/** Starts an S3 server for one of the sites. @param configuration what all sites have in sflink.yaml */
export async function openSites(
  folder: string,
  connection: Connection,
  configuration: Readonly<Record<string, unknown>>,
): Promise<Sites> {
  const server = await startS3Server({ folder: join(folder, 's3') })
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = server.environment
  const credentials = { accessKeyId, secretAccessKey }
  const region = server.environment['AWS_REGION'] ?? ''
  const s3 = new S3Client({ endpoint: server.endpoint, region, credentials, forcePathStyle: true })
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }))
  const site = async (store: Store, runStore: string, more: Readonly<Record<string, string>>) => {
    const path = join(folder, `sflink-${store.toLowerCase()}.yaml`)
    await writeFile(path, stringify({ runStore, ...configuration }))
    const namespace = NAMESPACES[store]
    return {
      ...{ store, client: new Client({ connection, namespace }) },
      environment: { SFLINK_CONFIG: path, TEMPORAL_NAMESPACE: namespace, ...more },
    }
  }
  const onDisk = (runId: string, file: string) => readFile(join(folder, 'runs', runId, file), 'utf8')
  const inBucket = async (runId: string, file: string) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: `runs/${runId}/${file}` }))
    return Body?.transformToString()
  }
  return {
    sites: {
      disk: { ...(await site('disk', 'file:runs', {})), read: unlessMissing(onDisk) },
      S3: { ...(await site('S3', `s3://${BUCKET}/runs`, server.environment)), read: unlessMissing(inBucket) },
    },
    close: async () => {
      s3.destroy()
      await server.close()
    },
  }
}

const MISSING = ['ENOENT', 'NoSuchKey']

function unlessMissing(read: (runId: string, file: string) => Promise<string | undefined>): Site['read'] {
  return (runId, file) =>
    read(runId, file).catch((error: NodeJS.ErrnoException) => {
      if (MISSING.includes(error.code ?? '') || MISSING.includes(error.name)) return undefined
      throw error
    })
}
