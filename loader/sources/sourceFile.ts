import { constants, createReadStream } from 'node:fs'
import { access, opendir, readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { nearestName } from '../../packages/client/contract/nearestName.ts'
import { systemCode } from '../http/networkErrors.ts'
import { isLocal } from './dataDirectory.ts'
import { outside, rejected, SourceFileError } from './errors.ts'
import type { SourceBytes, SourcePlaces, SourceState, UnchangedFile } from './sourceReader.ts'
import { matcherOf, pathOfSource } from './sourceUri.ts'

const READ_BYTES = 128 * 1024

/**
 * Opens the file of a `file:` URI, only inside one of the data directories: services start loads with URIs of their choice.
 * Does not check whether a file outside of them exists. Throws SourceFileError.
 */
export async function openSourceFile(uri: string, places: SourcePlaces, signal?: AbortSignal): Promise<SourceBytes> {
  const { description, path, size, mtimeMs } = await findSourceFile(uri, places)
  const file = { path, check: () => checkUnchanged(uri, path, { size, mtimeMs }) }
  const version = versionOf({ size, mtimeMs })
  return { description, bytes: size, version, file, stream: () => readUnchanged(uri, file, signal) }
}

/** Throws SourceFileError, of kind `missing` when there is no such file. */
export async function statSourceFile(uri: string, places: SourcePlaces): Promise<SourceState> {
  const { size, mtimeMs } = await findSourceFile(uri, places)
  return { bytes: size, changedAt: mtimeMs, version: versionOf({ size, mtimeMs }) }
}

const versionOf = ({ size, mtimeMs }: FileState): string => `${mtimeMs}-${size}`

type FoundFile = FileState & { readonly description: string; readonly path: string }

async function findSourceFile(uri: string, places: SourcePlaces): Promise<FoundFile> {
  const { baseDirectory } = places
  const named = pathOfSource(uri, baseDirectory)
  const path = await allowedPath(uri, named, places)
  const { size, mtimeMs } = await readableFile(uri, path)
  const description = isInside(named, baseDirectory) ? relative(baseDirectory, named) : named
  return { description, path, size, mtimeMs }
}

/** The URIs of the files that a pattern matches, in the order of their names; a link is one of them. Throws SourceFileError. */
export async function listSourceFiles(uri: string, places: SourcePlaces): Promise<readonly string[]> {
  const matches = matcherOf(uri)
  const named = dirname(pathOfSource(uri, places.baseDirectory))
  const directory = await allowedPath(uri, named, places)
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    throw explained(uri, named, error)
  })
  const names = entries.filter(entry => !entry.isDirectory() && matches(entry.name)).map(({ name }) => name)
  return names.toSorted().map(name => `file:${join(named, name).split(sep).map(encoded).join('/')}`)
}

/** A `*` would make a pattern of it again. */
const encoded = (name: string): string => encodeURIComponent(name).replaceAll('*', '%2A')

/** The real path of a named one. Throws SourceFileError when it is outside the data directories, or does not exist. */
async function allowedPath(
  uri: string,
  named: string,
  { baseDirectory, dataDirectories }: SourcePlaces,
): Promise<string> {
  const directories = dataDirectories.filter(isLocal).map(directory => resolve(baseDirectory, directory))
  const allowed = dataDirectories.map(directory => (isLocal(directory) ? resolve(baseDirectory, directory) : directory))
  const real = await realDirectories(directories)
  const isAllowed = (directory: string) => directory === named || isInside(named, directory)
  if (![...directories, ...real].some(isAllowed)) throw outside(uri, allowed)
  const path = await realpath(named).catch(async (error: unknown) => {
    throw explained(uri, named, error, await nearestFile(named, real))
  })
  if (!real.some(directory => directory === path || isInside(path, directory))) throw outside(uri, allowed)
  return path
}

type FileState = { readonly size: number; readonly mtimeMs: number }

async function* readUnchanged(
  uri: string,
  { path, check }: UnchangedFile,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW
  // The types know only names of flags.
  const options = { flags: flags as unknown as string, highWaterMark: READ_BYTES }
  const stream = createReadStream(path, signal === undefined ? options : { ...options, signal })
  try {
    for await (const chunk of stream) yield chunk
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    throw explained(uri, path, error)
  }
  await check()
}

async function checkUnchanged(uri: string, path: string, before: FileState): Promise<void> {
  const after = await readableFile(uri, path)
  if (after.size === before.size && after.mtimeMs === before.mtimeMs) return
  throw rejected(
    uri,
    'changed',
    `the file was changed while it was read (${before.size} bytes before, ${after.size} after)`,
    'Wait until it is written completely, then run the load again.',
  )
}

async function realDirectories(directories: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(directories.map(directory => realpath(directory).catch(() => undefined)))
  return found.filter(directory => directory !== undefined)
}

function isInside(path: string, directory: string): boolean {
  const way = relative(directory, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

async function readableFile(uri: string, path: string): Promise<FileState> {
  try {
    const found = await stat(path)
    if (found.isDirectory()) throw rejected(uri, 'directory', `${path} is a directory`, 'Name one file in it.')
    if (!found.isFile()) {
      throw rejected(uri, 'special', `${path} is a pipe, socket or device`, 'Write the records to a plain file first.')
    }
    await access(path, constants.R_OK)
    return found
  } catch (error) {
    throw error instanceof SourceFileError ? error : explained(uri, path, error)
  }
}

/** Files of a directory that a misspelled name is compared with. */
const COMPARED_FILES = 10_000

/** `, but there is "contacts.csv"` for a misspelled name, by the files beside it. Never rejects. */
async function nearestFile(path: string, allowed: readonly string[]): Promise<string> {
  try {
    const folder = await realpath(dirname(path))
    if (!allowed.some(directory => folder === directory || isInside(folder, directory))) return ''
    const names: string[] = []
    for await (const entry of await opendir(folder)) {
      if (entry.isFile()) names.push(entry.name)
      if (names.length === COMPARED_FILES) break
    }
    const nearest = nearestName(basename(path), names)
    return nearest === undefined ? '' : `, but there is ${JSON.stringify(nearest)}`
  } catch {
    return ''
  }
}

function explained(uri: string, path: string, error: unknown, hint = ''): SourceFileError {
  const code = systemCode(error)
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return rejected(uri, 'missing', `there is no file ${path}${hint}`, 'Check the name, or export the file again.')
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return rejected(uri, 'unreadable', `${path} may not be read`, 'Let the user of the worker read it (chmod, chown).')
  }
  const reason = error instanceof Error ? error.message : String(error)
  return rejected(uri, 'unreadable', `${path} can't be read: ${reason}`, 'Check its disk.')
}
