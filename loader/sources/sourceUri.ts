// The meaning of a source's URI, by its form alone.
import { isLoopback } from '../http/agents.ts'
import { isDots, pathOfFileUri, placeOfS3Uri, type S3Place, shownUri } from '../storage/uris.ts'
import { SourceUriError } from './errors.ts'

/** The name of a source in its SQL. */
export const SOURCE_TABLE = 'source'

export type SourceKind = 'file' | 's3' | 'http' | 'database'

/** An unknown scheme counts as a file; `pathOfSource` then reports the scheme. */
export function kindOfSource(uri: string): SourceKind {
  if (/^s3:/i.test(uri)) return 's3'
  if (/^database:/i.test(uri)) return 'database'
  return /^https?:/i.test(uri) ? 'http' : 'file'
}

/** Throws SourceUriError when no source can have this URI. Does not check whether it exists and may be read. */
export function checkSourceUri(uri: string): void {
  const kind = kindOfSource(uri)
  if (kind === 's3') objectOfSource(uri)
  else if (kind === 'http') addressOfSource(uri)
  else if (kind === 'database') databaseOfSource(uri)
  else pathOfSource(uri, '/')
  if (isPattern(uri)) matcherOf(uri)
}

/** Whether a URI means all files with such a name: `file:data/part-*.csv`. */
export const isPattern = (uri: string): boolean => uri.includes('*') && ['file', 's3'].includes(kindOfSource(uri))

/** Names that begin with a point, and `~$contacts.xlsx`, which Excel writes beside a workbook that is open. */
const HIDDEN = /^(?:\.|~\$)/

/** Whether a name of a file matches that of a pattern, which has to begin a hidden name itself. Throws SourceUriError. */
export function matcherOf(uri: string): (name: string) => boolean {
  const parts = uri.split('/')
  const pattern = (parts.pop() ?? '').replace(/^[a-z0-9]+:/i, '')
  if (parts.some(part => part.includes('*'))) {
    throw unusable(uri, 'a directory in it has a *', 'Write * in the name of the file only, like file:data/part-*.csv.')
  }
  const [first = '', ...others] = pattern
    .split('*')
    .map(part => (kindOfSource(uri) === 's3' ? part : decodeURIComponent(part)))
  const last = others.pop() ?? ''
  return name => {
    // The object of a directory has a blank name.
    if (name === '' || !name.startsWith(first) || (HIDDEN.test(name) && first === '')) return false
    let at = first.length
    for (const part of others) {
      const found = name.indexOf(part, at)
      if (found < 0) return false
      at = found + part.length
    }
    return name.endsWith(last) && name.length - last.length >= at
  }
}

/** The absolute path. Throws SourceUriError. */
export function pathOfSource(uri: string, baseDirectory: string): string {
  const named = pathOfFileUri(uri, baseDirectory)
  if ('problem' in named) throw unusable(uri, named.problem, 'Write it like file:data/contacts.csv.')
  return named.path
}

/** Throws SourceUriError. */
export function objectOfSource(uri: string): S3Place {
  const place = placeOfS3Uri(uri)
  if ('problem' in place) throw unusable(uri, place.problem, 'Write it like s3://bucket/exports/contacts.csv.')
  return place
}

/** Throws SourceUriError. */
export function addressOfSource(uri: string): URL {
  const place = placeOfHttpUri(uri)
  if ('problem' in place) throw unusable(uri, place.problem, 'Write it like https://host/path/contacts.csv.')
  if (place.url.pathname.includes('*')) {
    throw unusable(
      uri,
      'a web server has no list of its files',
      'Name one file, or write the * as %2A if it is part of the name.',
    )
  }
  return place.url
}

/** The name of the database in the configuration. Throws SourceUriError. */
export function databaseOfSource(uri: string): string {
  const name = uri.slice(uri.indexOf(':') + 1)
  if (/^[A-Za-z0-9][\w-]*$/.test(name)) return name
  throw unusable(uri, 'it names no database', 'Write it like database:crm, with a name under databases in sflink.yaml.')
}

const unusable = (uri: string, problem: string, advice: string) => new SourceUriError(shownUri(uri), problem, advice)

// Which URLs a source may have.

type HttpPlace = { readonly url: URL } | { readonly problem: string }

/** The URL that a URI means, or what is wrong with it. Does not check whether it may be used. */
export function placeOfHttpUri(uri: string): HttpPlace {
  if (!URL.canParse(uri)) return { problem: 'it is not a valid URL' }
  const url = new URL(uri)
  if (url.username !== '' || url.password !== '') {
    return { problem: 'it holds credentials; give an address that needs none, such as a presigned one' }
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return { problem: 'http: is not encrypted and is allowed for this machine only; write https:' }
  }
  // Servers resolve an escaped ".." differently.
  if (climbs(url.pathname)) return { problem: 'it holds a name that begins with "..", is ".", or is escaped wrongly' }
  url.hash = ''
  return { url }
}

export function httpPlaceProblem(directory: string): string | undefined {
  const place = placeOfHttpUri(directory)
  if ('problem' in place) return place.problem
  return /[?#]/.test(directory) ? 'a directory has no "?" or "#"' : undefined
}

/** Whether an address is below one of the directories: same scheme, host and port, and path `…/exports/x` below `…/exports`. */
export function isBelowOne(url: URL, directories: readonly string[]): boolean {
  return directories.some(directory => {
    const place = placeOfHttpUri(directory)
    if ('problem' in place || place.url.origin !== url.origin) return false
    const above = place.url.pathname
    return url.pathname.startsWith(above.endsWith('/') ? above : `${above}/`)
  })
}

/** Also detects slashes that are escaped, once or several times. */
const climbs = (path: string): boolean => path.split(/\/|\\|%(?:25)*(?:2f|5c)/i).some(mayClimb)

/**
 * Whether some server takes a name for "." or "..": Tomcat reads "..;x" so, and old servers decode "%c0%ae" and "%u002e" to a dot,
 * which are not escapes of UTF-8.
 */
function mayClimb(name: string): boolean {
  const plain = name.replaceAll(/%(?:25)*2e/gi, '.')
  if (isDots(plain) || plain.startsWith('..') || plain.startsWith('.;')) return true
  try {
    decodeURIComponent(name)
    return false
  } catch (error) {
    if (error instanceof URIError) return true
    throw error
  }
}

/** The server or bucket of a source, `this machine` for a file: what its readers wait for together. */
export function hostOfSource(uri: string): string {
  const kind = kindOfSource(uri)
  if (kind === 'http') return addressOfSource(uri).host
  if (kind === 'database') return `the database ${databaseOfSource(uri)}`
  return kind === 's3' ? `s3://${objectOfSource(uri).bucket}` : 'this machine'
}
