import { isObject } from '../../packages/client/contract/issues.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import type { Org } from './org.ts'
import type { DuplicateCheck, WireRecord } from './salesforceConnection.ts'

/** Asked with the values of fields of the object only: the resource takes no lookup by External ID. */
const fieldsOf = (record: WireRecord) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null && typeof value !== 'object'))

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter(one => typeof one === 'string') : []

function readCheck(body: unknown): DuplicateCheck | undefined {
  if (!isObject(body) || typeof body['allowSave'] !== 'boolean' || !Array.isArray(body['matches'])) return undefined
  const matches = body['matches'].filter(isObject)
  return {
    allowSave: body['allowSave'],
    rules: texts(body['duplicateRules']),
    records: matches.flatMap(match =>
      texts(match['recordIds']).map(id => ({ object: String(match['objectApiName'] ?? ''), id })),
    ),
  }
}

/**
 * Asks which records the duplicate rules of the org match with a record that is not saved. It writes nothing.
 * @see https://developer.salesforce.com/docs/atlas.en-us.uiapi.meta/uiapi/ui_api_resources_predupe_create.htm
 */
export function findDuplicates(
  org: Org,
  sObjectName: string,
  record: WireRecord,
  signal?: AbortSignal,
): Promise<DuplicateCheck> {
  const body = { apiName: sObjectName, fields: fieldsOf(record) }
  const call = { action: `Check ${sObjectName} for duplicates`, method: 'POST', path: '/ui-api/predupe', body } as const
  return org.json({ ...call, ...present({ signal }) }, readCheck)
}
