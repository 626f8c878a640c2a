import { present } from '../../packages/client/contract/scalars.ts'
import { SourceError } from '../csv/errors.ts'
import { ObjectChangedError, type OpenedObject, openObject } from '../storage/readObject.ts'
import { s3Access } from '../storage/s3Client.ts'
import { s3Problem } from '../storage/s3Errors.ts'
import { findObject, listKeys } from '../storage/s3Objects.ts'
import { isBelow, placeOfS3Uri, type S3Place } from '../storage/uris.ts'
import { encodingProblem, isBrokenGzip, isPlain, unpacked } from './contentEncoding.ts'
import { outside, rejected, serverError } from './errors.ts'
import type { SourceBytes, SourcePlaces, SourceState } from './sourceReader.ts'
import { matcherOf, objectOfSource } from './sourceUri.ts'

/**
 * Opens an object below one of the `s3:` data directories. Reading resumes where a connection was cut.
 * Throws SourceFileError, or SourceUnreachableError when the error may be transient.
 */
export async function openS3Source(uri: string, places: SourcePlaces, signal?: AbortSignal): Promise<SourceBytes> {
  const place = allowedPlace(uri, places)
  const object = await opened(uri, place, places, signal)
  const problem = encodingProblem(object.encoding)
  if (problem !== undefined) {
    object.discard()
    throw rejected(uri, 'encoding', problem, 'Store it as plain CSV, or as gzip.')
  }
  return {
    description: `s3://${place.bucket}/${place.key}`,
    bytes: isPlain(object.encoding) ? object.bytes : undefined,
    ...present({ version: object.etag }),
    stream: () => explained(uri, object, signal),
  }
}

/** Throws SourceFileError, of kind `missing` when there is no such object, or SourceUnreachableError. */
export async function statS3Source(uri: string, places: SourcePlaces): Promise<SourceState> {
  const { bucket, key } = allowedPlace(uri, places)
  const { s3 = s3Access() } = places
  const found = await findObject({ client: s3(), bucket }, key).catch((error: unknown) => {
    throw serverError(uri, s3Problem(error))
  })
  if (found === undefined) throw missing(uri)
  const { bytes, etag, changedAt } = found
  return { bytes, changedAt, version: etag ?? `${changedAt}-${bytes}` }
}

/** The URIs of the objects that a pattern matches, in the order of their names. Throws SourceFileError, or SourceUnreachableError. */
export async function listS3Source(uri: string, places: SourcePlaces): Promise<readonly string[]> {
  const { bucket, key } = allowedPlace(uri, places)
  const matches = matcherOf(uri)
  const { s3 = s3Access() } = places
  const folder = key.slice(0, key.lastIndexOf('/') + 1)
  const uris: string[] = []
  try {
    for await (const keys of listKeys({ client: s3(), bucket }, key.slice(0, key.indexOf('*')))) {
      const names = keys.map(found => found.slice(folder.length))
      uris.push(
        ...names.filter(name => !name.includes('/') && matches(name)).map(name => `s3://${bucket}/${folder}${name}`),
      )
    }
  } catch (error) {
    throw serverError(uri, s3Problem(error))
  }
  return uris.toSorted()
}

function allowedPlace(uri: string, { dataDirectories }: SourcePlaces): S3Place {
  const place = objectOfSource(uri)
  const prefixes = dataDirectories.filter(directory => /^s3:/i.test(directory)).map(placeOfS3Uri)
  const allowed = prefixes.some(prefix => !('problem' in prefix) && isBelow(place, prefix))
  if (!allowed) throw outside(uri, dataDirectories)
  return place
}

async function opened(
  uri: string,
  place: S3Place,
  { s3 = s3Access() }: SourcePlaces,
  signal: AbortSignal | undefined,
): Promise<OpenedObject> {
  try {
    return await openObject(s3(), place, signal)
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (error instanceof Error && error.name === 'NoSuchKey') throw missing(uri)
    throw serverError(uri, s3Problem(error))
  }
}

async function* explained(
  uri: string,
  object: OpenedObject,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* unpacked(object.content, object.encoding)
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (error instanceof SourceError) throw error
    if (isBrokenGzip(error)) throw rejected(uri, 'encoding', 'it is not a complete gzip file', 'Store it again.')
    if (!(error instanceof ObjectChangedError)) throw serverError(uri, s3Problem(error))
    const advice = 'Wait until it is written completely, then run the load again.'
    throw rejected(uri, 'changed', 'the object was replaced while it was read', advice)
  }
}

const missing = (uri: string): SourceError =>
  rejected(uri, 'missing', 'there is no such object', 'Check the name, or export the file again.')
