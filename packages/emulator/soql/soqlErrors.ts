import { type ApiError, apiError } from '../apiError.ts'

// A query of a few hundred keys is one long line; the message shows the part around the error only.
const SHOWN_BEFORE = 60
const SHOWN_AFTER = 60

/** The position of a word in a query, outside string literals: 0-based, or 0 when it cannot be found. */
export function positionOf(soql: string, word: string, clause?: string): number {
  const outsideLiterals = soql.replace(/'(?:\\.|[^'\\])*'/g, literal => ' '.repeat(literal.length)).toLowerCase()
  const start = clause === undefined ? 0 : Math.max(0, outsideLiterals.search(new RegExp(`\\b${clause}\\b`, 'i')))
  const escaped = word.toLowerCase().replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const found = outsideLiterals.slice(start).search(new RegExp(`(?<![\\w.])${escaped}(?![\\w.])`))
  return found < 0 ? 0 : start + found
}

// The line of the query, a caret below the place, then row and column counted from 1: the recorded form.
function withCaret(soql: string, position: number, text: string): string {
  const lineStart = soql.lastIndexOf('\n', position - 1) + 1
  const lineEnd = soql.indexOf('\n', position)
  const from = Math.max(lineStart, position - SHOWN_BEFORE)
  const to = Math.min(lineEnd < 0 ? soql.length : lineEnd, position + SHOWN_AFTER)
  const row = soql.slice(0, position).split('\n').length
  const column = position - lineStart + 1
  const caret = `${' '.repeat(position - from)}^`
  return `\n${soql.slice(from, to)}\n${caret}\nERROR at Row:${row}:Column:${column}\n${text}`
}

/** An error that points at a position in the query. `position` is 0-based. */
export function errorAt(errorCode: string, soql: string, position: number, text: string): ApiError {
  return apiError(400, errorCode, withCaret(soql, position, text))
}

const REFERENCE = 'Please reference your WSDL or the describe call for the appropriate names.'

/** MALFORMED_QUERY without a position, as Salesforce answers when it cannot parse the query. */
export function malformed(text: string): ApiError {
  return apiError(400, 'MALFORMED_QUERY', text)
}

export function noSuchColumn(soql: string, path: string, objectName: string, clause?: string): ApiError {
  const column = path.split('.').at(-1) ?? path
  const hint = `If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. ${REFERENCE}`
  const text = `No such column '${column}' on entity '${objectName}'. ${hint}`
  return errorAt('INVALID_FIELD', soql, positionOf(soql, path, clause), text)
}

export function noSuchRelationship(soql: string, path: string, relationship: string, clause?: string): ApiError {
  const hint = `If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. ${REFERENCE}`
  const text = `Didn't understand relationship '${relationship}' in field path. ${hint}`
  return errorAt('INVALID_FIELD', soql, positionOf(soql, path, clause), text)
}

export function noSuchChildren(soql: string, relationship: string): ApiError {
  const hint = `If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. ${REFERENCE}`
  const text = `Didn't understand relationship '${relationship}' in FROM part of query call. ${hint}`
  return errorAt('INVALID_TYPE', soql, positionOf(soql, relationship), text)
}

export function noSuchObject(soql: string, objectName: string): ApiError {
  const hint = `If you are attempting to use a custom object, be sure to append the '__c' after the entity name. ${REFERENCE}`
  const text = `sObject type '${objectName}' is not supported. ${hint}`
  return errorAt('INVALID_TYPE', soql, positionOf(soql, objectName, 'from'), text)
}

/** A literal of the wrong type in a condition. */
export function wrongLiteral(soql: string, path: string, field: string, expected: string): ApiError {
  const quotes = expected === 'string' ? 'should be enclosed in quotes' : 'should not be enclosed in quotes'
  const text = `value of filter criterion for field '${field}' must be of type ${expected} and ${quotes}`
  return errorAt('INVALID_FIELD', soql, positionOf(soql, path, 'where'), text)
}

export function invalidId(soql: string, path: string, value: string): ApiError {
  return errorAt('INVALID_QUERY_FILTER_OPERATOR', soql, positionOf(soql, path, 'where'), `invalid ID field: ${value}`)
}

/** A field that cannot be `filtered`, `sorted` or `grouped` by. */
export function notPossible(
  soql: string,
  path: string,
  field: string,
  verb: 'filtered' | 'sorted' | 'grouped',
): ApiError {
  return errorAt('INVALID_FIELD', soql, positionOf(soql, path), `field '${field}' can not be ${verb} in a query call`)
}

/** An operator that the field's type does not support. */
export function invalidOperator(soql: string, path: string, type: string): ApiError {
  return errorAt('INVALID_FIELD', soql, positionOf(soql, path, 'where'), `invalid operator on ${type} field`)
}
