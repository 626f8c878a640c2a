// Names whose parts are not simply capitalized.
const SPECIAL: Readonly<Record<string, string>> = {
  etag: 'ETag',
  'sforce-numberofrecords': 'Sforce-NumberOfRecords',
  'www-authenticate': 'WWW-Authenticate',
  'x-xss-protection': 'X-XSS-Protection',
}

/**
 * A header's name as every recorded answer spells it over HTTP/1.1: `Content-Type`. Clients that look up a name in a plain dictionary
 * depend on it.
 */
export function wireName(name: string): string {
  return SPECIAL[name] ?? name.replace(/(?<![a-z0-9])[a-z]/g, letter => letter.toUpperCase())
}
