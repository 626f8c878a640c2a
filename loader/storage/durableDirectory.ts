import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Creates a directory, and its parents, so that they are still there after a power cut. */
export async function makeDurableDirectory(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true })
  if (first === undefined) return
  // A new entry lives in its parent: each parent from the deepest up to the one that was there before.
  const last = dirname(first)
  for (let parent = dirname(directory); ; parent = dirname(parent)) {
    await syncDirectory(parent)
    if (parent === last || parent === dirname(parent)) return
  }
}

/** Makes the names in a directory durable: what was created, renamed or removed in it. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
