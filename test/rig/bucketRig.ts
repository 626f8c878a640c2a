// A rig with its sources and run store in a bucket, behind a proxy that can break requests.
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { type FaultyProxy, startFaultyProxy } from './faultyProxy.ts'
import { type LoadRig, type LoadRigOptions, startLoadRig } from './loadRig.ts'
import type { RigPlaces } from './rigConfiguration.ts'
import { startTestS3 } from './s3.ts'

export type BucketRig = {
  readonly rig: LoadRig
  readonly proxy: FaultyProxy
  readonly places: Required<Pick<RigPlaces, 'runStore' | 'dataDirectories'>>
  /** Uploads a source to the bucket and returns its URI. */
  source(name: string, content: string): Promise<string>
  close(): Promise<void>
}

/** Sets the AWS variables of this process, as for a worker. */
export async function startBucketRig(options: LoadRigOptions = {}): Promise<BucketRig> {
  const s3 = await startTestS3()
  const proxy = await startFaultyProxy(s3.endpoint)
  Object.assign(process.env, s3.environment, { AWS_ENDPOINT_URL_S3: proxy.url })
  const places = { runStore: `s3://${s3.bucket}/runs`, dataDirectories: [`s3://${s3.bucket}/in`] }
  const rig = await startLoadRig({ ...options, places })
  return {
    rig,
    proxy,
    places,
    source: async (name, content) => {
      const Key = `in/${name}`
      await s3
        .access()()
        .send(new PutObjectCommand({ Bucket: s3.bucket, Key, Body: content }))
      return `s3://${s3.bucket}/${Key}`
    },
    close: async () => {
      await rig.close()
      await proxy.close()
      await s3.close()
    },
  }
}
