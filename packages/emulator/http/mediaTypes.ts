import { apiError } from '../apiError.ts'
import type { Operation } from '../faults/rule.ts'

const JSON_ONLY = ['application/json']
const ACCEPTED: Readonly<Partial<Record<Operation, readonly string[]>>> = {
  ingestUpload: ['text/csv'],
  ingestCreate: [...JSON_ONLY, 'multipart/form-data'],
}

/**
 * Throws UNSUPPORTED_MEDIA_TYPE when the body of a request is of a type that its resource does not read. A body without any type is read.
 * Status: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm; words:
 * https://github.com/kevinohara80/nforce/issues/74
 */
export function checkMediaType(operation: Operation, contentType: string | undefined, bytes: number): void {
  const [type = ''] = (contentType ?? '').split(';')
  const given = type.trim().toLowerCase()
  if (bytes === 0 || given === '' || (ACCEPTED[operation] ?? JSON_ONLY).includes(given)) return
  throw apiError(415, 'UNSUPPORTED_MEDIA_TYPE', `MediaType of '${given}' is not supported by this resource`)
}
