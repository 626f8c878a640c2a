// One process at a time, across processes: a directory is made by exactly one of them.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 500
/** Between making the lock and writing its owner into it nothing takes time; a lock still without one is left over. */
const OWNERLESS_MS = 5_000

/** Runs the work while holding the lock; waits while another living process holds it, and takes over from a dead one. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await takeLock(path)
  try {
    return await work()
  } finally {
    await rm(path, { recursive: true, force: true })
  }
}

async function takeLock(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  let ownerlessSince: number | undefined
  while (!(await makeFolder(path))) {
    const owner = await readOwner(path)
    ownerlessSince = owner === undefined ? (ownerlessSince ?? Date.now()) : undefined
    const abandoned = owner === undefined ? Date.now() - (ownerlessSince ?? Date.now()) > OWNERLESS_MS : !isAlive(owner)
    if (abandoned) await rm(path, { recursive: true, force: true })
    else await sleep(POLL_MS)
  }
  await writeFile(join(path, 'owner'), String(process.pid))
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

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
