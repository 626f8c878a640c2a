// What the URI of a source means, by its form alone.
import { pathOfFileUri, placeOfS3Uri, type S3Place } from '../storage/uris.ts'
import { placeOfHttpUri } from './httpPlace.ts'
import { rejected } from './rejectedSource.ts'

export type SourceKind = 'file' | 's3' | 'http'

/** What an unknown scheme is, and that it is unknown, `pathOfSource` says. */
export function kindOfSource(uri: string): SourceKind {
  if (/^s3:/i.test(uri)) return 's3'
  return /^https?:/i.test(uri) ? 'http' : 'file'
}

/** Throws SourceFileError when no source can have this URI. Whether it is there and may be read, is not looked at. */
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

/** The absolute path. Throws SourceFileError. */
export function pathOfSource(uri: string, baseDirectory: string): string {
  const named = pathOfFileUri(uri, baseDirectory)
  if ('fault' in named) throw unusable(uri, named.fault, 'Write file:data/contacts.csv.')
  return named.path
}

/** Throws SourceFileError. */
export function objectOfSource(uri: string): S3Place {
  const place = placeOfS3Uri(uri)
  if ('fault' in place) throw unusable(uri, place.fault, 'Write s3://bucket/exports/contacts.csv.')
  return place
}

/** Throws SourceFileError. */
export function addressOfSource(uri: string): URL {
  const place = placeOfHttpUri(uri)
  if ('fault' in place) throw unusable(uri, place.fault, 'Write https://host/path/contacts.csv.')
  return place.url
}

const unusable = (uri: string, fault: string, advice: string) =>
  rejected(uri, 'uri', `its uri can't be used: ${fault}`, advice)
