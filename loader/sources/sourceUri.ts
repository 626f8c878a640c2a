// The meaning of a source's URI, by its form alone.
import { pathOfFileUri, placeOfS3Uri, type S3Place, shownUri } from '../storage/uris.ts'
import { SourceUriError } from './errors.ts'
import { placeOfHttpUri } from './httpPlace.ts'

export type SourceKind = 'file' | 's3' | 'http'

/** An unknown scheme counts as a file; `pathOfSource` then reports the scheme. */
export function kindOfSource(uri: string): SourceKind {
  if (/^s3:/i.test(uri)) return 's3'
  return /^https?:/i.test(uri) ? 'http' : 'file'
}

/** Throws SourceUriError when no source can have this URI. Does not check whether it exists and may be read. */
export function checkSourceUri(uri: string): void {
  switch (kindOfSource(uri)) {
    case 's3':
      objectOfSource(uri)
      return
    case 'http':
      addressOfSource(uri)
      return
    case 'file':
      pathOfSource(uri, '/')
  }
}

/** The absolute path. Throws SourceUriError. */
export function pathOfSource(uri: string, baseDirectory: string): string {
  const named = pathOfFileUri(uri, baseDirectory)
  if ('problem' in named) throw unusable(uri, named.problem, 'Write file:data/contacts.csv.')
  return named.path
}

/** Throws SourceUriError. */
export function objectOfSource(uri: string): S3Place {
  const place = placeOfS3Uri(uri)
  if ('problem' in place) throw unusable(uri, place.problem, 'Write s3://bucket/exports/contacts.csv.')
  return place
}

/** Throws SourceUriError. */
export function addressOfSource(uri: string): URL {
  const place = placeOfHttpUri(uri)
  if ('problem' in place) throw unusable(uri, place.problem, 'Write https://host/path/contacts.csv.')
  return place.url
}

const unusable = (uri: string, problem: string, advice: string) => new SourceUriError(shownUri(uri), problem, advice)
