import { parseQuery, type Query } from '@jetstreamapp/soql-parser-js'
import { malformed } from './soqlErrors.ts'

// https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select.htm
const MAX_SOQL_CHARACTERS = 100_000
const MAX_LITERAL_CHARACTERS = 4_000

function foundToken(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return /found(?: -->|:) '?([^']*)'?/.exec(message)?.[1]?.trim() ?? ''
}

function rejection(soql: string, error: unknown): Error {
  if (error instanceof Error && error.name === 'LexingError') {
    const offset = Number(/at offset: (\d+)/.exec(error.message)?.[1] ?? 0)
    return malformed(`line 1:${offset} no viable alternative at character '${soql.charAt(offset)}'`)
  }
  const token = foundToken(error)
  // The recorded answer to a query that does not begin with SELECT has no quotes around the word; later ones do.
  if (token !== '' && soql.trimStart().startsWith(token)) return malformed(`unexpected token: ${token}`)
  return malformed(`unexpected token: '${token === '' ? '<EOF>' : token}'`)
}

// The parser treats these two as line ends, which a literal may not contain; to Salesforce they are ordinary characters.
function withEscapedSeparators(soql: string): string {
  return soql.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
}

/** The parser does not support times of day: it gets `10:00:00Z` as that time on this day. */
export const DAY_OF_TIMES = '1970-01-01T'

const LITERAL_OR_TIME = /'(?:\\.|[^'\\])*'|(?<![\w:.+-])\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z/gs

function withDatedTimes(soql: string): string {
  return soql.replace(LITERAL_OR_TIME, found => (found.startsWith("'") ? found : DAY_OF_TIMES + found))
}

/**
 * Reads a SOQL query into the parser library's tree.
 * Throws MALFORMED_QUERY when the query is not SOQL, longer than 100,000 characters, or contains a literal longer than 4,000.
 */
export function parseSoql(soql: string): Query & { readonly sObject: string } {
  if (soql.length > MAX_SOQL_CHARACTERS) throw malformed('SOQL statements cannot be longer than 100,000 characters.')
  for (const [literal] of soql.matchAll(/'(?:\\.|[^'\\])*'/gs))
    if (literal.length - 2 > MAX_LITERAL_CHARACTERS)
      throw malformed('String literal in WHERE is longer than 4,000 characters.')
  try {
    const query = parseQuery(withDatedTimes(withEscapedSeparators(soql)))
    return { ...query, sObject: query.sObject ?? '' }
  } catch (error) {
    throw rejection(soql, error)
  }
}
