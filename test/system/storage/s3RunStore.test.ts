import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3'
import { describe } from 'vitest'
import { openRunStores } from '../../../loader/storage/open.ts'
import { listKeys } from '../../../loader/storage/s3Objects.ts'
import { S3_START_MS, startTestS3 } from '../../rig/s3.ts'
import { type StoreKind, testRunStore } from '../../unit/storage/runStoreRules.ts'

async function s3Kind(): Promise<StoreKind> {
  const s3 = await startTestS3()
  const access = s3.access()
  let places = 0
  return {
    newPlace: async () => {
      places += 1
      return `runs/of ${places}`
    },
    open: place => openRunStores(`s3://${s3.bucket}/${place}`, '/nowhere', access),
    traces: async place => {
      const names: string[] = []
      for await (const keys of listKeys({ client: access(), bucket: s3.bucket }, `${place}/`)) {
        names.push(...keys.map(key => key.split('/').at(-1) ?? ''))
      }
      const { Uploads = [] } = await access().send(
        new ListMultipartUploadsCommand({ Bucket: s3.bucket, Prefix: `${place}/` }),
      )
      return [...names.filter(name => name !== '.conditional-writes'), ...Uploads.map(({ Key }) => `unfinished ${Key}`)]
    },
    close: () => s3.close(),
  }
}

describe('a run store in S3', () => testRunStore(s3Kind, S3_START_MS))
