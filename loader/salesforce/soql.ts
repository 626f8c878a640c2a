/** Escapes for string literals; any other backslash sequence is an error in SOQL. */
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
}

/**
 * A value as a SOQL string literal, quotes included. The only place that puts values into SOQL.
 * @see https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm
 */
export function soqlString(value: string): string {
  return `'${value.replace(/[\\'"\n\r\t\b\f]/g, character => ESCAPES[character] ?? character)}'`
}

/** Salesforce's names: letters, digits, underscores; a relationship path is joined by dots. */
const NAME = /^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*$/

/** The name itself. Throws RangeError when it is not a valid name for SOQL or a path. */
export function apiName(name: string): string {
  if (NAME.test(name)) return name
  throw new RangeError(`Not an API name: ${JSON.stringify(name)}. Allowed are letters, digits, underscores and dots.`)
}

/**
 * Encodes a query for a URL. `encodeURIComponent` leaves single quotes unescaped, but URLs escape them, and lengths must be counted as sent. Half a
 * surrogate pair, which UTF-8 cannot hold, becomes U+FFFD.
 */
export const encodeSoql = (soql: string): string => encodeURIComponent(soql.toWellFormed()).replaceAll("'", '%27')

/** Bytes. URI and headers together may have 16,384 bytes; 4,096 bytes are reserved for the headers with a token of about 2 kB. */
export const MAX_QUERY_URI = 16_384 - 4_096

/** `SELECT Id, Email FROM Contact WHERE Email IN (` */
type InQuery = { readonly path: string; readonly head: string }

const TAIL = ')'
const COMMA_BYTES = encodeSoql(',').length

/**
 * The queries that together contain every literal, in order, each as long as its URL allows.
 * Lengths are counted as sent: a quote or a comma takes three bytes.
 */
export function* cutInLists(
  { path, head }: InQuery,
  literals: Iterable<string>,
  maxBytes: number = MAX_QUERY_URI,
): Generator<string> {
  const frame = Buffer.byteLength(path) + encodeSoql(head + TAIL).length
  let list: string[] = []
  let bytes = frame
  for (const literal of literals) {
    const size = encodeSoql(literal).length + COMMA_BYTES
    if (list.length > 0 && bytes + size > maxBytes) {
      yield head + list.join(',') + TAIL
      list = []
      bytes = frame
    }
    list.push(literal)
    bytes += size
  }
  if (list.length > 0) yield head + list.join(',') + TAIL
}
