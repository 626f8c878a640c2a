import { apiError } from '../apiError.ts'
import { type Answer, json } from '../http/answer.ts'
import { type Call, isObject, jsonBody, notFound, visibleTable } from '../http/call.ts'
import { asApiError } from '../values/recordError.ts'
import { readJsonRecord } from './jsonRecord.ts'

/** The first API version with the resource. */
const SINCE = 50

/**
 * `POST /ui-api/predupe`: the duplicates of a record that is not written. Its forms are those of the documentation; none is recorded.
 * https://developer.salesforce.com/docs/atlas.en-us.uiapi.meta/uiapi/ui_api_resources_predupe_create.htm
 */
export function checkDuplicates(call: Call): Answer {
  if (Number(call.apiVersion) < SINCE) throw notFound()
  const { value, text } = jsonBody(call.body)
  const { apiName, fields } = value
  if (typeof apiName !== 'string' || !isObject(fields)) {
    throw apiError(400, 'ILLEGAL_QUERY_PARAMETER_VALUE', 'apiName and fields are required')
  }
  const { org } = call.state
  const table = visibleTable(call, apiName)
  const record = readJsonRecord({ org, table, access: call.caller.access, body: text }, fields, [])
  if ('statusCode' in record) throw asApiError(record)
  const cellOf = (name: string) => record.cells[record.fields.findIndex(field => field.name === name)] ?? ''
  const found = org.duplicateRules.find(table, { place: undefined, cellOf, newFrom: Number.POSITIVE_INFINITY })
  if (found === undefined) return json(200, { allowSave: true, duplicateError: false, duplicateRules: [], matches: [] })
  const { rule, places } = found
  const { name: objectApiName } = table.schema
  const name = rule.name ?? `Standard_${objectApiName}_Duplicate_Rule`
  const allowSave = rule.action === 'alert'
  const recordIds = places.map(place => table.idOf(place))
  const matchResultInfo = { recordIds, rule: `Standard_${objectApiName}_Match_Rule_v1_1` }
  const match = {
    duplicateResultInfos: { [name]: { allowSave, matchResultInfo, rule: name } },
    objectApiName,
    recordIds,
  }
  return json(200, { allowSave, duplicateError: true, duplicateRules: [name], matches: [match] })
}
