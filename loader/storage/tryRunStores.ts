import { randomUUID } from 'node:crypto'
import { statfs } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import type { RunStores } from './runStore.ts'

const PROBE_FILE = 'probe.json'

/**
 * Checks that the run store can be written, and that exactly one of two concurrent conditional writes wins: this prevents
 * duplicates. Leaves nothing behind.
 * Throws RunStoreError when it can't be written.
 * @returns what is wrong with it; undefined when it works
 */
export async function tryRunStores(stores: RunStores): Promise<string | undefined> {
  const runId = `sflink-doctor-${randomUUID()}`
  const store = stores.open(runId)
  try {
    const firsts = await Promise.all(['a', 'b'].map(text => store.writeOnce(PROBE_FILE, text)))
    if (firsts.filter(first => first).length !== 1) {
      const winners = firsts.every(first => first) ? 'both won' : 'no winner'
      return `conditional writes do not work (two concurrent writers, ${winners}); the store cannot prevent duplicates`
    }
    const read = await store.readText(PROBE_FILE)
    return read === (firsts[0] ? 'a' : 'b') ? undefined : 'what was written was not read back'
  } finally {
    await stores.removeRun(runId)
  }
}

/** Bytes that may still be written; undefined for a store that is not a directory of this machine, or does not exist yet. */
export async function freeSpace({ location }: RunStores): Promise<number | undefined> {
  if (!isAbsolute(location)) return undefined
  const { bavail, bsize } = await statfs(location).catch(() => ({ bavail: Number.NaN, bsize: 0 }))
  return Number.isNaN(bavail) ? undefined : bavail * bsize
}
