import { apiError } from '../apiError.ts'
import type { Operation } from '../faults/rule.ts'
import type { RequestBody } from './requestBody.ts'

const JSON_ONLY = ['application/json']
const JSON_OR_PARTS = [...JSON_ONLY, 'multipart/form-data']
const ACCEPTED: Readonly<Partial<Record<Operation, readonly string[]>>> = {
  create: JSON_OR_PARTS,
  update: JSON_OR_PARTS,
  upsert: JSON_OR_PARTS,
  collectionCreate: JSON_OR_PARTS,
  collectionUpdate: JSON_OR_PARTS,
  ingestUpload: ['text/csv'],
  ingestCreate: JSON_OR_PARTS,
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

// https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_sobject_insert_update_blob.htm
const MAX_TEXT_BYTES = 50 * 1024 ** 2
const MAX_BYTES_OF_FILES = 500 * 1024 ** 2
const COLLECTIONS: readonly Operation[] = ['collectionCreate', 'collectionUpdate']

/** Throws the error of a body that cannot be read: of a multipart message in the wrong form, or too large. */
export function checkBody(operation: Operation, { bytes, files, problem }: RequestBody): void {
  if (problem !== undefined) {
    throw apiError(400, 'INVALID_MULTIPART_REQUEST', `Multipart request could not be read: ${problem}`)
  }
  const hasFiles = files !== undefined
  const most = hasFiles ? MAX_BYTES_OF_FILES : MAX_TEXT_BYTES
  const isLimited = hasFiles ? COLLECTIONS.includes(operation) : operation !== 'ingestUpload'
  if (!isLimited || bytes <= most) return
  const message = `Maximum size of request reached. Maximum size of request is ${most} bytes.`
  throw apiError(413, 'EXCEEDED_MAX_SIZE_REQUEST', message)
}
