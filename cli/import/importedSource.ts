// The file that a load of another tool reads, as the source of a sync.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname, isAbsolute, posix, relative, resolve, sep, win32 } from 'node:path'
import { shownPath } from '../../config/configuration.ts'
import { readCsv } from '../../loader/sources/csv.ts'
import { isLocal } from '../../loader/sources/dataDirectory.ts'
import type { Encoding } from '../../packages/client/contract/encodings.ts'
import { LinkError } from '../../packages/client/contract/linkError.ts'
import type { ImportPlaces, Note } from './imported.ts'

export type ImportedSource = {
  /** Below the directory of sflink.yaml, or absolute. */
  readonly uri: string
  /** Its columns; undefined when the file is not here or cannot be read. */
  readonly header?: readonly string[]
  /** A directory that `dataDirectories` must get. */
  readonly dataDirectory?: string
  readonly notes: readonly Note[]
}

type Written = {
  /** As the other tool has it: a path of Windows or of this machine. */
  readonly path: string
  /** The key that has it. */
  readonly key: string
  /** Where a relative path begins; the first that has the file counts. */
  readonly directories: readonly string[]
  readonly delimiter?: string
  readonly encoding?: Encoding
}

/** A file that is not here, or lies where no source may be, becomes a source that a person puts into a data directory. */
export async function importedSource(written: Written, places: ImportPlaces): Promise<ImportedSource> {
  const found = await firstFile(candidates(written))
  if (found !== undefined) {
    const place = placeOf(found, places)
    const isApart = !isBelow(places.baseDirectory, dirname(found))
    if (place.dataDirectory === undefined || isApart) return { ...place, ...(await readHeader(found, written)) }
  }
  const { path, key } = written
  const copy = resolve(sourceDirectory(places), win32.basename(path))
  const { uri } = placeOf(copy, places)
  if ((await firstFile([copy])) !== undefined) return { uri, ...(await readHeader(copy, written)) }
  const where =
    found === undefined ? 'is not on this machine' : 'lies beside sflink.yaml and .env, where no source may be'
  const text = `${path} ${where}; put it at ${shownPath(copy)}, or change source.uri and dataDirectories`
  const { notes, ...header } = await readHeader(found, written)
  return { uri, ...header, notes: [{ kind: 'toDo', subject: key, text }, ...notes] }
}

const spellingNote = (key: string): Note => ({
  kind: 'toDo',
  subject: key,
  text: 'the columns could not be compared with the header of the source; write them under fields in the same upper and lower case as there',
})

/** The path where it may be on this machine. */
function candidates({ path, directories }: Written): readonly string[] {
  if (isAbsolute(path)) return [path]
  if (win32.isAbsolute(path)) return []
  const native = sep === posix.sep ? path.replaceAll('\\', posix.sep) : path
  return directories.map(directory => resolve(directory, native))
}

/** The first of the paths that is a file. */
export async function firstFile(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const state = await stat(path).catch(() => undefined)
    if (state?.isFile()) return path
  }
  return undefined
}

/** The first data directory of this machine. */
function sourceDirectory({ baseDirectory, dataDirectories }: ImportPlaces): string {
  return dataDirectories.find(isLocal) ?? resolve(baseDirectory, 'data')
}

function placeOf(path: string, { baseDirectory, dataDirectories }: ImportPlaces) {
  const inside = dataDirectories.some(directory => isLocal(directory) && isBelow(path, directory))
  const uri = `file:${asUri(shortest(path, baseDirectory))}`
  return inside ? { uri } : { uri, dataDirectory: asPath(shortest(dirname(path), baseDirectory)) }
}

const isBelow = (path: string, directory: string): boolean => !leadsOut(relative(directory, path))

const leadsOut = (path: string): boolean => path.startsWith('..') || isAbsolute(path)

function shortest(path: string, baseDirectory: string): string {
  const inner = relative(baseDirectory, path)
  return leadsOut(inner) ? path : inner || '.'
}

const asPath = (path: string): string => (sep === win32.sep ? path.replaceAll(win32.sep, posix.sep) : path)

/** A percent sign begins an escape in a URI, and braces are a placeholder. */
const asUri = (path: string): string => asPath(path).replaceAll(/[%{}]/g, encodeURIComponent)

type Header = Pick<ImportedSource, 'header' | 'notes'>

async function readHeader(path: string | undefined, { key, delimiter, encoding }: Written): Promise<Header> {
  if (path === undefined) return { notes: [spellingNote(key)] }
  try {
    const bytes = createReadStream(path, { highWaterMark: 64 * 1024 })
    const reader = await readCsv(bytes, { description: path, delimiter, encoding })
    await reader.close()
    return { header: reader.header, notes: [] }
  } catch (error) {
    if (!(error instanceof LinkError)) throw error
    return { notes: [{ kind: 'toDo', subject: key, text: error.message }, spellingNote(key)] }
  }
}
