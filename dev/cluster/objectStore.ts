// The S3 gateway of docker-compose.yml as a process, with a bucket.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { s3Access } from '../../loader/storage/s3Client.ts'
import { answersWell, freePort } from '../processes/freePort.ts'
import type { Processes } from '../processes/processes.ts'
import { findS3 } from '../programs/s3Executable.ts'
import { composeService, movedTo } from './composeFile.ts'
import { logOf, PLACE } from './place.ts'

/** The name in dev/cluster/sflink.yaml and dev/cluster/createBuckets.sh. */
const BUCKET = 'sflink'
export const SOURCE_KEY = 'data/contacts.csv'

/** Throws S3MissingError, ProcessEndedError. */
export async function startObjectStore(processes: Processes, variables: Readonly<Record<string, string>>) {
  const found = await findS3({ ...process.env, SFLINK_S3_ENDPOINT: '' })
  if (found.kind !== 'executable') throw new Error('findS3 finds only an executable without an endpoint')
  const owner = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`
  await processes.runToEnd({
    ...{ name: 'Creating the bucket', program: 'sh', args: [join(PLACE.mounted, 'createBuckets.sh')] },
    ...{ folder: PLACE.folder, log: logOf('createBuckets') },
    environment: { PATH: process.env['PATH'], S3_FOLDER: PLACE.objects, S3_OWNER: owner },
  })
  const service = composeService('s3', variables)
  const port = await freePort()
  const endpoint = `http://127.0.0.1:${port}`
  const environment = movedTo(service, { VGW_PORT: `127.0.0.1:${port}` })
  const gateway = await processes.start({
    ...{ name: 'The S3 gateway', program: found.path, environment, folder: PLACE.folder, log: logOf('s3') },
    args: service.command.map(argument => argument.replace(/^\/data/, PLACE.objects)),
  })
  await gateway.until(() => answersWell(`${endpoint}${environment['VGW_HEALTH']}`))
  return { endpoint, ...accessTo(endpoint, environment) }
}

function accessTo(endpoint: string, environment: Readonly<Record<string, string>>) {
  const client: S3Client = s3Access({
    ...{ endpoint, forcePathStyle: true, region: environment['VGW_REGION'] ?? '' },
    credentials: {
      accessKeyId: environment['ROOT_ACCESS_KEY'] ?? '',
      secretAccessKey: environment['ROOT_SECRET_KEY'] ?? '',
    },
  })()
  return {
    async putFile(path: string, key: string): Promise<void> {
      const { size } = await stat(path)
      const object = { Bucket: BUCKET, Key: key, ContentLength: size }
      await client.send(new PutObjectCommand({ ...object, Body: createReadStream(path) }))
    },
    /** Throws NoSuchKey. */
    async read(key: string): Promise<NodeJS.ReadableStream> {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }))
      return Body as NodeJS.ReadableStream
    },
  }
}
