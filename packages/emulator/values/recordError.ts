import { type ApiError, apiError } from '../apiError.ts'
import type { Duplicates } from '../records/duplicateRules.ts'

/** The reason for the rejection of one record. `fields` is undefined where a single-record answer has no such key. */
export type RecordError = {
  readonly statusCode: string
  readonly message: string
  readonly fields: readonly string[] | undefined
  /** HTTP status of the same rejection on a single-record call. @default 400 */
  readonly status?: number
  /** The records that it duplicates. */
  readonly duplicates?: Duplicates
}

export function recordError(statusCode: string, message: string, fields?: readonly string[]): RecordError {
  return {
    statusCode,
    message,
    fields,
  }
}

/** As an element of a collection's `errors`: the code is called statusCode there, and fields are always listed. */
export function asSaveError({ statusCode, message, fields }: RecordError) {
  return {
    statusCode,
    message,
    fields: fields ?? [],
  }
}

/** As the answer of a single-record call. */
export function asApiError({ statusCode, message, fields, status = 400 }: RecordError): ApiError {
  return apiError(status, statusCode, message, fields)
}

/** As in `sf__Error` of Bulk API 2.0: `CODE:message:field1,field2 --`, or `CODE:message:--` without fields. */
export function asBulkError({ statusCode, message, fields = [] }: RecordError): string {
  return `${statusCode}:${message}:${fields.length === 0 ? '--' : `${fields.join(',')} --`}`
}
