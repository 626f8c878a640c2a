// A source as a file of this machine, for formats that are not read from beginning to end.
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
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

/** A directory that only the user of the process can read. */
export const temporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'sflink-source-'))
