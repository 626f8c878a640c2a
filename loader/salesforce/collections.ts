import { isObject } from '../../packages/client/contract/issues.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import type { Org } from './org.ts'
import { LARGE_ANSWER } from './orgCall.ts'
import { orgCode, orgWords } from './rejections.ts'
import type { CollectionOptions, SaveResult, WireRecord } from './salesforceConnection.ts'

/** Maximum records of one collection request; a larger request is rejected as a whole. */
const COLLECTION_SIZE = 200

type Write = { readonly action: string; readonly method: 'POST' | 'PATCH' | 'DELETE'; readonly path: string }

/**
 * Assignment rules are off by default. Salesforce's own default is on, but a load should not assign records to users unasked.
 * https://developer.salesforce.com/docs/platform/api-rest/guide/headers-autoassign.html
 * https://developer.salesforce.com/docs/platform/api-rest/guide/headers-duplicaterules.html
 */
const headersOf = ({ assignmentRule: rule = false, savesDuplicates = false }: CollectionOptions) => ({
  'Sforce-Auto-Assign': typeof rule === 'string' ? rule : String(rule).toUpperCase(),
  ...(savesDuplicates && { 'Sforce-Duplicate-Rule-Header': 'allowSave=true' }),
})

/** The outcome of one record; undefined when the answer does not report it. */
export function saveResultOf(result: unknown): SaveResult | undefined {
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
  const call = { headers: headersOf(options), body: { allOrNone: false, records } }
  return org.json({ ...request, ...call, ...limited(request, records, options) }, body =>
    readResults(body, records.length),
  )
}

/** Throws a RangeError for more records than one request may have. */
function limited({ action }: Write, { length }: readonly unknown[], { beforeSend, signal }: CollectionOptions) {
  if (length <= COLLECTION_SIZE) return { maxBytes: LARGE_ANSWER, ...present({ beforeSend, signal }) }
  throw new RangeError(`${action}: ${length} records in one request; allowed are ${COLLECTION_SIZE}.`)
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

/**
 * An answer that names another record than the request does not have the form that Salesforce documents.
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_delete.htm
 */
export async function deleteRecords(
  org: Org,
  sObjectName: string,
  ids: readonly string[],
  options: CollectionOptions = {},
): Promise<readonly SaveResult[]> {
  if (ids.length === 0) return []
  const path = `/composite/sobjects?ids=${ids.map(encodeURIComponent).join(',')}&allOrNone=false`
  const request = { action: `Delete ${sObjectName}`, method: 'DELETE', path } as const
  return org.json({ ...request, ...limited(request, ids, options) }, body => {
    const results = readResults(body, ids.length)
    const isOfAnother = ({ id }: SaveResult, index: number) => id !== undefined && !isSameId(id, ids[index] ?? '')
    return results?.some(isOfAnother) ? undefined : results
  })
}

/** The last three of 18 characters repeat what the letter case of the others says. */
const isSameId = (one: string, other: string): boolean => one.slice(0, 15) === other.slice(0, 15)
