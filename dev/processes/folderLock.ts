// Locks between processes: only one process can create a folder.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from '../../loader/storage/durableFiles.ts'

const POLL_MS = 500
/** A process writes its id right after it creates the lock; a lock that has no id for this long is abandoned. */
const OWNERLESS_MS = 5_000

/** Runs the work while it holds the lock. Waits while another living process holds the lock; takes over from a dead one. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const release = await acquire(path, () => {})
  try {
    return await work()
  } finally {
    await release()
  }
}

/**
 * Creates the folder and locks it. Returns a function that releases it; the contents stay.
 * Throws Error when another process holds the lock.
 * @param what subject of the message, like "A demo"
 */
export function takeFolder(folder: string, what: string): Promise<() => Promise<void>> {
  return acquire(join(folder, 'lock'), owner => {
    throw new Error(
      `${what} is already running (process ${owner}). Stop it with Ctrl-C in its terminal, then start this one again`,
    )
  })
}

/** @param onHeld called with the process id of the owner before each wait */
async function acquire(path: string, onHeld: (owner: number) => void): Promise<() => Promise<void>> {
  await mkdir(dirname(path), { recursive: true })
  let ownerlessSince: number | undefined
  while (!(await makeFolder(path))) {
    const owner = await readOwner(path)
    ownerlessSince = owner === undefined ? (ownerlessSince ?? Date.now()) : undefined
    const abandoned = owner === undefined ? Date.now() - (ownerlessSince ?? Date.now()) > OWNERLESS_MS : !isAlive(owner)
    if (abandoned) {
      await rm(path, { recursive: true, force: true })
      continue
    }
    if (owner !== undefined) onHeld(owner)
    await sleep(POLL_MS)
  }
  await writeFile(join(path, 'owner'), String(process.pid))
  return () => rm(path, { recursive: true, force: true })
}

async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function readOwner(path: string): Promise<number | undefined> {
  const text = await readFile(join(path, 'owner'), 'utf8').catch(() => '')
  return text === '' ? undefined : Number(text)
}
