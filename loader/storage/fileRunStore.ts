import { type FileHandle, link, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { Readable } from 'node:stream'
import { systemCode } from '../http/networkErrors.ts'
import { BlockWriter, writeWhole } from './blockWriter.ts'
import { isTemporaryName, makeDurableDirectory, removeLeftovers, syncDirectory, TemporaryFile } from './durableFiles.ts'
import { RunFileMissingError, RunPathError, RunStoreError } from './errors.ts'
import { checkRunId, isRunId, placeInRun } from './runPaths.ts'
import type { RunFileWriter, RunStore, RunStores } from './runStore.ts'

const READ_BYTES = 256 * 1024

/**
 * The run store of one run in a directory of this machine, `<root>/<runId>`. Nothing is created before the first write.
 * Throws RunIdError when the id can't name a directory.
 */
export function openFileRunStore(root: string, runId: string): RunStore {
  if (!isAbsolute(root)) throw new RunPathError(root, 'the root of a run store must be absolute')
  checkRunId(runId)
  return new FileRunStore(join(root, runId))
}

class FileRunStore implements RunStore {
  readonly location: string
  /** Directories that exist and contain no temporary files of dead processes. */
  readonly #prepared = new Map<string, Promise<void>>()

  constructor(location: string) {
    this.location = location
  }

  async write(path: string, content: string | AsyncIterable<string | Uint8Array>): Promise<number> {
    return await writeWhole(this.writer(path), content)
  }

  writer(path: string): RunFileWriter {
    const target = placeInRun(this.location, path)
    const temporary = new TemporaryFile(target)
    return new BlockWriter({
      hidden: temporary,
      prepare: () => this.#prepare(dirname(target)),
      publish: async () => {
        await rename(temporary.path, target)
        await syncDirectory(dirname(target))
      },
      explain: error => this.#explain('Writing', path, error),
    })
  }

  async writeOnce(path: string, content: string): Promise<boolean> {
    const target = placeInRun(this.location, path)
    const temporary = new TemporaryFile(target)
    try {
      await this.#prepare(dirname(target))
      await temporary.put(Buffer.from(content))
      await temporary.seal()
      const first = await linkOnce(temporary.path, target)
      await temporary.remove()
      // Also when another writer was first: the file's name must be durable before a caller relies on it.
      await syncDirectory(dirname(target))
      return first
    } catch (error) {
      await temporary.remove().catch(() => undefined)
      throw this.#explain('Writing', path, error)
    }
  }

  async readText(path: string): Promise<string | undefined> {
    const place = placeInRun(this.location, path)
    return await this.#unlessMissing('Reading', path, () => readFile(place, 'utf8'))
  }

  async read(path: string): Promise<Readable> {
    const handle = await this.#open(path)
    return Readable.from(this.#streamed(path, handle), { objectMode: false, highWaterMark: READ_BYTES })
  }

  /** A disk may fail in the middle of a file. */
  async *#streamed(path: string, handle: FileHandle): AsyncGenerator<Buffer, void> {
    try {
      yield* handle.createReadStream({ highWaterMark: READ_BYTES })
    } catch (error) {
      throw this.#explain('Reading', path, error)
    }
  }

  async *blocks(path: string, bytes = READ_BYTES): AsyncGenerator<Uint8Array, void> {
    const handle = await this.#open(path)
    try {
      const memory = Buffer.allocUnsafeSlow(bytes)
      for (;;) {
        const { bytesRead } = await handle.read(memory, 0, bytes)
        if (bytesRead === 0) return
        yield memory.subarray(0, bytesRead)
      }
    } catch (error) {
      throw this.#explain('Reading', path, error)
    } finally {
      await handle.close()
    }
  }

  async part(path: string, from: number, bytes: number): Promise<Buffer | undefined> {
    const place = placeInRun(this.location, path)
    return await this.#unlessMissing('Reading', path, async () => {
      const handle = await openFile(place)
      try {
        const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(bytes), 0, bytes, from)
        return buffer.subarray(0, bytesRead)
      } finally {
        await handle.close()
      }
    })
  }

  async size(path: string): Promise<number | undefined> {
    const place = placeInRun(this.location, path)
    const found = await this.#unlessMissing('Checking', path, () => stat(place))
    return found?.isFile() === true ? found.size : undefined
  }

  async list(folder: string): Promise<readonly string[]> {
    const place = folder === '' || folder === '.' ? this.location : placeInRun(this.location, folder)
    const entries = await this.#unlessMissing('Listing', folder, () =>
      readdir(place, { recursive: true, withFileTypes: true }),
    )
    return (entries ?? [])
      .filter(entry => entry.isFile() && !isTemporaryName(entry.name))
      .map(entry => relative(this.location, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
      .sort()
  }

  async remove(path: string): Promise<void> {
    const place = placeInRun(this.location, path)
    await this.#unlessMissing('Removing', path, async () => {
      await rm(place)
      await syncDirectory(dirname(place))
    })
  }

  async #open(path: string): Promise<FileHandle> {
    const place = placeInRun(this.location, path)
    const handle = await this.#unlessMissing('Reading', path, () => openFile(place))
    if (handle === undefined) throw new RunFileMissingError(this.location, path)
    return handle
  }

  #prepare(directory: string): Promise<void> {
    const before = this.#prepared.get(directory)
    if (before !== undefined) return before
    const preparing = makeDurableDirectory(directory).then(() => removeLeftovers(directory))
    this.#prepared.set(directory, preparing)
    // A full or read-only disk may be fixed later: the next write tries again.
    preparing.catch(() => this.#prepared.delete(directory))
    return preparing
  }

  async #unlessMissing<T>(work: string, path: string, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read()
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined
      throw this.#explain(work, path, error)
    }
  }

  #explain(work: string, path: string, error: unknown): Error {
    if (error instanceof RunStoreError) return error
    return new RunStoreError(work, this.location, path, error)
  }
}

/** A directory opens like a file and fails only at the first read. */
async function openFile(place: string): Promise<FileHandle> {
  const handle = await open(place, 'r')
  if ((await handle.stat()).isFile()) return handle
  await handle.close()
  throw Object.assign(new Error('not a file'), { code: 'EISDIR' })
}

/** link never replaces a file, unlike rename: exactly one of several concurrent callers is first. */
async function linkOnce(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false
    throw error
  }
}

/**
 * All runs in a directory of this machine, one directory for each.
 * @param root absolute path
 */
export function openFileRunStores(root: string): RunStores {
  return {
    location: root,
    open: runId => openFileRunStore(root, runId),
    runIds: () => runIdsIn(root),
    removeRun: runId => removeRun(root, runId),
  }
}

async function* runIdsIn(root: string): AsyncGenerator<string, void> {
  const names = await directoriesIn(root)
  for (const name of names.toSorted(byBytes)) if (isRunId(name)) yield name
}

async function directoriesIn(root: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(root, { withFileTypes: true })
    return entries.filter(entry => entry.isDirectory()).map(({ name }) => name)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw new RunStoreError('Listing', root, 'the runs', error)
  }
}

async function removeRun(root: string, runId: string): Promise<void> {
  const { location } = openFileRunStore(root, runId)
  try {
    await rm(location, { recursive: true, force: true })
    await syncDirectory(root)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return
    throw new RunStoreError('Removing', root, `the run ${runId}`, error)
  }
}

/** Sorts as S3 lists keys: by UTF-8 bytes. JavaScript sorts by UTF-16 units. */
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))
