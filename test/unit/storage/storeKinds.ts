// The same tests for every kind of run store.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3'
import { openRunStores } from '../../../loader/storage/open.ts'
import type { RunStores } from '../../../loader/storage/runStore.ts'
import { listKeys } from '../../../loader/storage/s3Objects.ts'
import { startTestS3 } from '../../rig/s3.ts'

export type StoreKind = {
  /** Runs in a place of their own; as another process would open them when called again with that place. */
  open(place: string): RunStores
  /** A place where there is nothing yet. */
  newPlace(): Promise<string>
  /** Names of everything that lies in a place, also what the run store would not show. */
  traces(place: string): Promise<readonly string[]>
  close(): Promise<void>
}

export async function fileKind(): Promise<StoreKind> {
  const root = await mkdtemp(join(tmpdir(), 'sflink-store-'))
  return {
    newPlace: () => mkdtemp(join(root, 'place-')),
    open: place => openRunStores(`file:${place}`, root),
    traces: async place => {
      const entries = await readdir(place, { recursive: true, withFileTypes: true })
      return entries.filter(entry => entry.isFile()).map(entry => entry.name)
    },
    close: () => rm(root, { recursive: true, force: true }),
  }
}

export async function s3Kind(): Promise<StoreKind> {
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
