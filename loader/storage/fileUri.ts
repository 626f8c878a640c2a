import { resolve } from 'node:path'

export type FileUri = { readonly path: string } | { readonly fault: string }

/**
 * The absolute path a `file:` URI means, or what is wrong with it. `file:data/x.csv` is relative to the base
 * directory; `file:/x` and `file:///x` are absolute. `%20` and its like are decoded. Says nothing on whether it may be used.
 */
export function pathOfFileUri(uri: string, baseDirectory: string): FileUri {
  if (!/^file:/i.test(uri)) return { fault: faultOfScheme(uri) }
  const rest = uri.slice('file:'.length)
  const authority = /^\/\/([^/]*)/.exec(rest)
  const host = authority?.[1] ?? ''
  if (host !== '' && host.toLowerCase() !== 'localhost') {
    return { fault: `it names the host ${JSON.stringify(host)}; write file:/path for an absolute path, or file:path` }
  }
  const path = decoded(authority === null ? rest : rest.slice(authority[0].length))
  if (path === undefined) return { fault: 'it holds a "%" that begins no %xx escape; write %25 for the sign itself' }
  if (path === '') return { fault: 'it names no path' }
  if (path.includes('\0')) return { fault: 'it holds a NUL character' }
  return { path: resolve(baseDirectory, path) }
}

function faultOfScheme(uri: string): string {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(uri)?.[1]
  if (scheme === undefined) return 'it has no scheme; write file: before the path'
  return `the scheme ${scheme}: is not known here; allowed: file:, s3: and https:`
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
