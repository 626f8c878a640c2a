import { malformed } from './soqlErrors.ts'

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  N: '\n',
  r: '\r',
  R: '\r',
  t: '\t',
  T: '\t',
  b: '\b',
  B: '\b',
  f: '\f',
  F: '\f',
  '"': '"',
  "'": "'",
  '\\': '\\',
}

const ESCAPE = /\\(u[0-9a-fA-F]{4}|[\s\S]|$)/g

function unescaped(literal: string, inLike: boolean): string {
  return literal.slice(1, -1).replace(ESCAPE, (sequence: string, body: string) => {
    if (body.length === 5) return String.fromCharCode(Number.parseInt(body.slice(1), 16))
    const simple = SIMPLE_ESCAPES[body]
    // In a pattern an escaped backslash, percent or underscore stays escaped: the LIKE pattern resolves it.
    if (inLike && (body === '\\' || body === '_' || body === '%')) return sequence
    if (simple !== undefined) return simple
    throw malformed(`Invalid string literal ${literal}. Illegal character sequence '${sequence}' in string literal.`)
  })
}

/**
 * The text of a quoted string literal. Throws MALFORMED_QUERY for an unknown escape.
 * https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm
 */
export function stringValue(literal: string): string {
  return unescaped(literal, false)
}

const likeToken = /\\([\\%_])|(%)|(_)|([\s\S])/g

function escapedForRegExp(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\/]/, '\\$&')
}

/** A LIKE pattern as a test on whole values: `%` any text, `_` any character, case ignored. */
export function likeMatcher(literal: string): (value: string) => boolean {
  const pattern = unescaped(literal, true).replace(
    likeToken,
    (_, escaped?: string, percent?: string, underscore?: string, plain?: string) => {
      if (percent !== undefined) return '[\\s\\S]*'
      if (underscore !== undefined) return '[\\s\\S]'
      return escapedForRegExp(escaped ?? plain ?? '')
    },
  )
  const expression = new RegExp(`^${pattern}$`, 'i')
  return value => expression.test(value)
}
