// Whether an answer can be one of Salesforce. An edge, a proxy or a maintenance window may answer with a page, a cut body or nothing,
// and with any status.
import { parseJson } from '../http/body.ts'

type AnswerBody = { readonly contentType: string; readonly text: string }

/** The parsed body; or what came in its place, in words that do not quote it. */
export type JsonAnswer =
  | { readonly body: unknown; readonly instead?: never }
  | { readonly instead: string; readonly body?: never }

/** `text/html` of `text/html; charset=UTF-8`. */
const mediaType = (contentType: string): string => (contentType.split(';')[0] ?? '').trim().toLowerCase()

export function readJson({ contentType, text }: AnswerBody): JsonAnswer {
  const type = mediaType(contentType)
  if (text.trim() === '') return { instead: 'an empty body' }
  if (type !== '' && type !== 'application/json') return { instead: `a body of the type ${shownType(type)}` }
  const body = parseJson(text)
  return body === undefined ? { instead: 'a body that is not JSON, or only a part of it' } : { body }
}

/** What came in place of CSV, by the type of the answer; undefined for CSV. The start of the body is checked when it is read. */
export function insteadOfCsv(contentType: string): string | undefined {
  const type = mediaType(contentType)
  return type === '' || type === 'text/csv' ? undefined : `a body of the type ${shownType(type)}`
}

const shownType = (type: string): string => (/^[\w.+-]{1,60}\/[\w.+-]{1,60}$/.test(type) ? type : 'unknown')
