import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { systemCode } from '../http/networkErrors.ts'

// A process number alone doesn't tell processes apart: in a container it is the same after each restart.
const THIS_PROCESS = { host: hostname(), pid: process.pid, token: randomBytes(6).toString('hex') }

/** Milliseconds after which a temporary file of another machine counts as left behind. */
const ABANDONED_AFTER = 24 * 60 * 60 * 1000

/** Files with records are readable by their owner only. */
const FILE_MODE = 0o600
const DIRECTORY_MODE = 0o700

let count = 0

/** A file under a temporary name beside its target; it gets the target's name when it is complete. */
export class TemporaryFile {
  readonly path: string
  #handle: FileHandle | undefined

  constructor(target: string) {
    const { host, pid, token } = THIS_PROCESS
    count += 1
    this.path = join(dirname(target), `.${[host, pid, token, count].join('~')}.tmp`)
  }

  /** Appends all of the bytes. The first call creates the file. */
  async put(bytes: Uint8Array): Promise<void> {
    this.#handle ??= await open(this.path, 'wx', FILE_MODE)
    await this.#handle.writeFile(bytes)
  }

  /** Flushes the content to the disk and closes the file. */
  async seal(): Promise<void> {
    this.#handle ??= await open(this.path, 'wx', FILE_MODE)
    await this.#handle.sync()
    await this.#close()
  }

  async remove(): Promise<void> {
    await this.#close().catch(() => undefined)
    await rm(this.path, { force: true })
  }

  async #close(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    await handle?.close()
  }
}

export function isTemporaryName(name: string): boolean {
  return name.startsWith('.')
}

/** Removes the temporary files in a directory whose process died before it finished them. */
export async function removeLeftovers(directory: string): Promise<void> {
  const names = await readdir(directory)
  for (const name of names) {
    const path = join(directory, name)
    if (await isLeftover(name, path)) await rm(path, { force: true })
  }
}

async function isLeftover(name: string, path: string): Promise<boolean> {
  const [, host, pid, token] = /^\.(.+)~(\d+)~([0-9a-f]+)~\d+\.tmp$/.exec(name) ?? []
  if (host === undefined) return false
  if (host !== THIS_PROCESS.host) return Date.now() - (await changedAt(path)) > ABANDONED_AFTER
  if (Number(pid) === THIS_PROCESS.pid) return token !== THIS_PROCESS.token
  return !isAlive(Number(pid))
}

/** Milliseconds of the last change; now when the file no longer exists, so that it is not removed. */
function changedAt(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => Date.now(),
  )
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCode(error) === 'EPERM'
  }
}

/** Creates a directory and its parents, so that they survive a power failure. */
export async function makeDurableDirectory(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE })
  if (first === undefined) return
  // A new directory is an entry in its parent: sync each parent, from the deepest to the one that existed before.
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
