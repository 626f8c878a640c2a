// Several files as one source: `file:data/part-*.csv`, in the order of their names.
import { createHash } from 'node:crypto'
import { shownUri } from '../storage/uris.ts'
import { rejected, SourceFileError } from './errors.ts'
import { listS3Source } from './s3Source.ts'
import { statBytes } from './schemes.ts'
import { listSourceFiles } from './sourceFile.ts'
import type { SourcePlaces, SourceState } from './sourceReader.ts'
import { isPattern, kindOfSource } from './sourceUri.ts'

const MAX_FILES = 10_000

/**
 * The URIs that a URI means, sorted by name: itself, unless it is a pattern. Throws SourceFileError, of kind `missing` when no file has such
 * a name.
 */
export async function matchingUris(uri: string, places: SourcePlaces): Promise<readonly string[]> {
  if (!isPattern(uri)) return [uri]
  const uris = kindOfSource(uri) === 's3' ? await listS3Source(uri, places) : await listSourceFiles(uri, places)
  if (uris.length === 0)
    throw rejected(uri, 'missing', 'no file has such a name', 'Check the pattern, or export the files again.')
  if (uris.length > MAX_FILES)
    throw rejected(uri, 'tooMany', `more than ${MAX_FILES} files have such a name`, 'Narrow the pattern.')
  const starred = uris.find(isPattern)
  if (starred === undefined) return uris
  throw rejected(uri, 'special', `the object ${starred} has a * in its name`, 'Rename it, or narrow the pattern.')
}

/** The name of a source in messages that is read from these files. @param first description of the first of them */
export const descriptionOf = (uri: string, uris: readonly string[], first: string): string =>
  isPattern(uri)
    ? `${shownUri(uri).replace(/^file:/i, '')} (${uris.length} ${uris.length === 1 ? 'file' : 'files'})`
    : first

/** The state of all files that a pattern matches; undefined while no file has such a name. Throws as `statBytes` does. */
export async function statPattern(
  uri: string,
  places: SourcePlaces,
  signal?: AbortSignal,
): Promise<SourceState | undefined> {
  const uris = await matchingUris(uri, places).catch((error: unknown) => {
    if (error instanceof SourceFileError && error.problem.kind === 'missing') return []
    throw error
  })
  const states: SourceState[] = []
  for (const one of uris) {
    const state = await statBytes(one, places, signal)
    if (state !== undefined) states.push(state)
  }
  if (states.length === 0) return undefined
  const versions = states.map(({ version }, index) => `${uris[index]} ${version}`)
  return {
    bytes: states.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
    changedAt: Math.max(...states.map(({ changedAt = 0 }) => changedAt)),
    version: createHash('sha256').update(versions.join('\n')).digest('hex'),
  }
}
