import { isLoopback } from '../http/agents.ts'
// Which URLs a source may have.
import { isDots } from '../storage/uris.ts'

export type HttpPlace = { readonly url: URL } | { readonly problem: string }

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
  if (climbs(url.pathname)) return { problem: 'it holds "." or ".." as a name, escaped' }
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
function climbs(path: string): boolean {
  return path.split(/\/|\\|%(?:25)*(?:2f|5c)/i).some(isDots)
}
