// A source as a file of this machine, for formats that are not read from beginning to end.
import { createWriteStream } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { systemCode } from '../http/networkErrors.ts'
import { openBytes } from './schemes.ts'
import type { SourcePlaces, UnchangedFile } from './sourceReader.ts'

export type LocalFile = UnchangedFile & {
  readonly description: string
  /** Removes a copy. */
  close(): Promise<void>
}

/**
 * The file of a `file:` URI itself; for other URIs a temporary copy, which only the user of the worker can read.
 * Throws as `openSource` does.
 */
export async function openLocalFile(uri: string, places: SourcePlaces, signal?: AbortSignal): Promise<LocalFile> {
  const { description, file, stream } = await openBytes(uri, places, signal)
  if (file !== undefined) return { ...file, description, close: async () => undefined }
  const folder = await temporaryFolder()
  const close = () => rm(folder, { recursive: true, force: true })
  try {
    const path = join(folder, 'source')
    await pipeline(stream(), createWriteStream(path))
    // The server of the source has been asked whether it changed while it was copied.
    return { description, path, check: async () => undefined, close }
  } catch (error) {
    await close()
    throw error
  }
}

const PREFIX = `sflink-source-${hostname()}-`

/** A directory that only the user of the process can read. Removes those of workers on this machine that were killed. */
export async function temporaryFolder(): Promise<string> {
  const left = (await readdir(tmpdir())).filter(name => name.startsWith(PREFIX) && isLeft(name))
  for (const name of left) await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined)
  return await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-${startOfProcess()}-`))
}

/** Whether the process that made a directory has ended. A container that is started again has the same id for its process. */
function isLeft(name: string): boolean {
  const [pid = Number.NaN, start = Number.NaN] = name.slice(PREFIX.length).split('-').map(Number)
  return pid === process.pid ? Math.abs(start - startOfProcess()) > 1 : !isRunning(pid)
}

/** Seconds since the machine was started, to about one: clocks that are set do not change it. */
const startOfProcess = (): number => Math.round(Number(process.hrtime.bigint()) / 1e9 - process.uptime())

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // A process of another user may not get a signal.
    return systemCode(error) !== 'ESRCH'
  }
}
