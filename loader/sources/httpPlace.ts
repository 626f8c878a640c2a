import { isLoopback } from '../http/agents.ts'
// Which addresses of the web a source may have.
import { isDots } from '../storage/uris.ts'

export type HttpPlace = { readonly url: URL } | { readonly problem: string }

/** The address a URI means, or what is wrong with it. Says nothing on whether it may be used. */
export function placeOfHttpUri(uri: string): HttpPlace {
  if (!URL.canParse(uri)) return { problem: 'it is not a valid URL' }
  const url = new URL(uri)
  if (url.username !== '' || url.password !== '') {
    return { problem: 'it holds credentials; give an address that needs none, such as a presigned one' }
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return { problem: 'http: is not encrypted, and taken from this machine only; write https:' }
  }
  // Servers differ in what they make of an escaped "..".
  if (climbs(url.pathname)) return { problem: 'it holds "." or ".." as a name, escaped' }
  url.hash = ''
  return { url }
}

export function httpPlaceProblem(directory: string): string | undefined {
  const place = placeOfHttpUri(directory)
  if ('problem' in place) return place.problem
  return /[?#]/.test(directory) ? 'a directory has no "?" or "#"' : undefined
}

/** Whether an address lies below one of the places: same scheme, host and port, and path `…/exports/x` below `…/exports`. */
export function isBelowOne(url: URL, directories: readonly string[]): boolean {
  return directories.some(directory => {
    const place = placeOfHttpUri(directory)
    if ('problem' in place || place.url.origin !== url.origin) return false
    const above = place.url.pathname
    return url.pathname.startsWith(above.endsWith('/') ? above : `${above}/`)
  })
}

/** Also with slashes that are escaped, once or several times. */
function climbs(path: string): boolean {
  return path.split(/\/|\\|%(?:25)*(?:2f|5c)/i).some(isDots)
}
