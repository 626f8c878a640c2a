import pLimit from 'p-limit'
import type { RunStore } from '../storage/runStore.ts'

const CONCURRENT_REQUESTS = 16

export type SizedFile = { readonly path: string; readonly bytes: number }

/** All files of a run with their sizes. Throws RunStoreError. */
export async function sizedFiles(store: RunStore): Promise<readonly SizedFile[]> {
  const limit = pLimit(CONCURRENT_REQUESTS)
  const paths = await store.list('')
  return Promise.all(paths.map(path => limit(async () => ({ path, bytes: (await store.size(path)) ?? 0 }))))
}

/** Bytes of all files of a run; undefined when its directory can't be read. */
export async function runBytes(store: RunStore): Promise<number | undefined> {
  const files = await sizedFiles(store).catch(() => undefined)
  return files?.reduce((sum, { bytes }) => sum + bytes, 0)
}
