import { resolve } from 'node:path'

export type FileUri = { readonly path: string } | { readonly problem: string }

/**
 * The absolute path a `file:` URI means, or what is wrong with it. `file:data/x.csv` is relative to the base
 * directory; `file:/x` and `file:///x` are absolute. Escapes such as `%20` are decoded. Does not check whether it may be used.
 */
export function pathOfFileUri(uri: string, baseDirectory: string): FileUri {
  if (!/^file:/i.test(uri)) return { problem: schemeProblem(uri) }
  const rest = uri.slice('file:'.length)
  const authority = /^\/\/([^/]*)/.exec(rest)
  const host = authority?.[1] ?? ''
  if (host !== '' && host.toLowerCase() !== 'localhost') {
    return { problem: `it names the host ${JSON.stringify(host)}; write file:/path for an absolute path, or file:path` }
  }
  const path = decoded(authority === null ? rest : rest.slice(authority[0].length))
  if (path === undefined)
    return { problem: 'it holds a "%" that does not begin a %xx escape; write %25 for a literal "%"' }
  if (path === '') return { problem: 'it names no path' }
  if (path.includes('\0')) return { problem: 'it holds a NUL character' }
  return { path: resolve(baseDirectory, path) }
}

function schemeProblem(uri: string): string {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(uri)?.[1]
  if (scheme === undefined) return 'it has no scheme'
  return `the scheme ${scheme}: is not supported; allowed: file:, s3: and https:`
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

export type S3Place = {
  readonly bucket: string
  /** Key or prefix, without slashes around it; empty for the whole bucket. */
  readonly key: string
}

export type S3Uri = S3Place | { readonly problem: string }

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1024

/**
 * The bucket and key an `s3://bucket/key` URI means, or what is wrong with it. A key is taken literally: `%20` is not a space.
 * Servers that store objects as files may resolve `../..`, so it is rejected in every spelling.
 */
export function placeOfS3Uri(uri: string): S3Uri {
  const [, authority, rest = ''] = /^s3:\/\/([^/]*)(.*)$/is.exec(uri) ?? []
  if (authority === undefined) return { problem: 'it is not written as s3://bucket/key' }
  if (authority.includes('@'))
    return { problem: 'it holds credentials; set them with AWS_ACCESS_KEY_ID or AWS_PROFILE' }
  if (!BUCKET.test(authority)) return { problem: `${JSON.stringify(authority)} is not a valid bucket name` }
  const key = rest.replace(/^\//, '').replace(/\/$/, '')
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) return { problem: `its key is longer than ${MAX_KEY_BYTES} bytes` }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: searches for control characters
  if (/[\u0000-\u001f\u007f]/.test(key)) return { problem: 'it holds a control character' }
  if (key === '') return { bucket: authority, key }
  const names = key.split('/')
  if (names.includes('')) return { problem: 'it holds an empty name ("//")' }
  if (names.some(isDots)) return { problem: 'it holds "." or ".." as a name' }
  return { bucket: authority, key }
}

/** Also detects dots that are escaped, once or several times. */
export function isDots(name: string): boolean {
  const plain = name.replaceAll(/%(?:25)*2e/gi, '.')
  return plain === '.' || plain === '..'
}

/** Whether one location is below another: `s3://b/pre` contains `s3://b/pre/x`, not `s3://b/prefix`. */
export function isBelow({ bucket, key }: S3Place, above: S3Place): boolean {
  return bucket === above.bucket && (above.key === '' ? key !== '' : key.startsWith(`${above.key}/`))
}

/** A URI as messages may show it: signatures of presigned URLs and credentials before a host are left out. */
export function shownUri(uri: string): string {
  if (!/^(?:https?|s3):/i.test(uri)) return uri
  const withoutUser = uri.replace(/^([a-z0-9]+:[/\\]*)[^/\\?#]*@/i, '$1…@')
  if (/^s3:/i.test(uri)) return withoutUser
  return withoutUser.replace(/[?#].*$/s, '?…')
}
