import { isObject } from '../../packages/client/contract/issues.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import type { Org } from './org.ts'
import { LARGE_ANSWER } from './orgCall.ts'
import { orgCode, orgWords } from './rejections.ts'
import type { CollectionOptions, SaveResult, WireRecord } from './salesforceConnection.ts'

/** Maximum records of one collection request; a larger request is rejected as a whole. */
const COLLECTION_SIZE = 200

type Write = { readonly action: string; readonly method: 'POST' | 'PATCH'; readonly path: string }

/** Assignment rules are off by default. Salesforce's own default is on, but a load should not assign records to users unasked. */
const headersOf = (options: CollectionOptions) => ({ 'Sforce-Auto-Assign': options.assignmentRules ? 'TRUE' : 'FALSE' })

function saveResultOf(result: unknown): SaveResult | undefined {
  if (!isObject(result) || typeof result['success'] !== 'boolean') return undefined
  const { id, success, created } = result
  const errors = Array.isArray(result['errors']) ? result['errors'].filter(isObject) : []
  // A success without an Id, or a failure without a reason, does not report the outcome of the record.
  if (success ? typeof id !== 'string' : errors.length === 0) return undefined
  return {
    success,
    ...(typeof id === 'string' && { id }),
    ...(typeof created === 'boolean' && { created }),
    errors: errors.map(error => ({
      statusCode: orgCode(error['statusCode'] ?? error['errorCode'] ?? 'UNKNOWN_EXCEPTION'),
      message: orgWords(String(error['message'] ?? '')),
      ...(Array.isArray(error['fields']) && { fields: error['fields'].map(String) }),
    })),
  }
}

/** Exactly one result per record, or undefined. */
function readResults(body: unknown, count: number): readonly SaveResult[] | undefined {
  if (!Array.isArray(body) || body.length !== count) return undefined
  const results = body.map(saveResultOf).filter(result => result !== undefined)
  return results.length === count ? results : undefined
}

async function write(
  org: Org,
  request: Write,
  records: readonly WireRecord[],
  options: CollectionOptions,
): Promise<readonly SaveResult[]> {
  if (records.length === 0) return []
  if (records.length > COLLECTION_SIZE) {
    throw new RangeError(`${request.action}: ${records.length} records in one request; allowed are ${COLLECTION_SIZE}.`)
  }
  const call = {
    ...request,
    headers: headersOf(options),
    body: { allOrNone: false, records },
    maxBytes: LARGE_ANSWER,
    ...present({ beforeSend: options.beforeSend, signal: options.signal }),
  }
  return org.json(call, body => readResults(body, records.length))
}

const typed = (sObjectName: string) => (record: WireRecord) => ({ attributes: { type: sObjectName }, ...record })

function requireField(action: string, field: string, records: readonly WireRecord[]): void {
  const missing = records.findIndex(record => record[field] === undefined || record[field] === null)
  if (missing >= 0) throw new RangeError(`${action}: record ${missing + 1} of the request has no ${field}.`)
}

/** @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_create.htm */
export async function createRecords(
  org: Org,
  sObjectName: string,
  records: readonly WireRecord[],
  options: CollectionOptions = {},
): Promise<readonly SaveResult[]> {
  const request = { action: `Create ${sObjectName}`, method: 'POST', path: '/composite/sobjects' } as const
  return write(org, request, records.map(typed(sObjectName)), options)
}

/** @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_update.htm */
export async function updateRecords(
  org: Org,
  sObjectName: string,
  records: readonly WireRecord[],
  options: CollectionOptions = {},
): Promise<readonly SaveResult[]> {
  const request = { action: `Update ${sObjectName}`, method: 'PATCH', path: '/composite/sobjects' } as const
  requireField(request.action, 'Id', records)
  // The documentation writes the key in lower case for this resource only.
  const identified = records.map(({ Id, ...fields }) => ({ id: Id, ...fields }))
  return write(org, request, identified.map(typed(sObjectName)), options)
}

/**
 * The key stays in the body; in the path of a single upsert, characters such as `/` and endings such as `.inc` would break it.
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_upsert.htm
 */
export async function upsertRecords(
  org: Org,
  sObjectName: string,
  externalIdField: string,
  records: readonly WireRecord[],
  options: CollectionOptions = {},
): Promise<readonly SaveResult[]> {
  const path = `/composite/sobjects/${encodeURIComponent(sObjectName)}/${encodeURIComponent(externalIdField)}`
  const request = { action: `Upsert ${sObjectName}`, method: 'PATCH', path } as const
  requireField(request.action, externalIdField, records)
  return write(org, request, records.map(typed(sObjectName)), options)
}
