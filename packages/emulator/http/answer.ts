import type { ApiError } from '../apiError.ts'

/** The body of an answer: the whole text, or pieces that are sent in order. */
export type AnswerBody = string | Iterable<Buffer>

/** The answer of a handler. A body that is not JSON states its `content-type`. */
export type Answer = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: AnswerBody
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers,
    body: JSON.stringify(body),
  }
}

export function html(status: number, body: string): Answer {
  return {
    status,
    headers: { 'content-type': 'text/html;charset=iso-8859-1' },
    body,
  }
}

export const noContent: Answer = { status: 204 }

// Recorded in this order: see recorded/answers.json.
const CODE_FIRST = ['NOT_FOUND', 'INVALIDJOBSTATE']

function inRecordedOrder(element: ApiError['body'][number]) {
  const { message, errorCode, fields, duplicateResut } = element
  if (duplicateResut !== undefined) return { duplicateResut, errorCode, message }
  if (CODE_FIRST.includes(errorCode)) return { errorCode, message }
  return fields === undefined ? { message, errorCode } : { message, errorCode, fields }
}

/** Salesforce's answer for an error. A 401 states how to log in. */
export function errorAnswer(error: ApiError): Answer {
  return json(
    error.status,
    error.body.map(inRecordedOrder),
    error.status === 401 ? { 'www-authenticate': 'Token' } : {},
  )
}
