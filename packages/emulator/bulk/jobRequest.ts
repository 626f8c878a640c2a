import { apiError } from '../apiError.ts'
import type { Call } from '../http/call.ts'
import { toId18 } from '../records/recordId.ts'
import type { ObjectSchema } from '../schema/types.ts'
import { COLUMN_DELIMITERS, LINE_ENDINGS } from './csvText.ts'
import { INGEST_OPERATIONS, type IngestJobRequest } from './ingestJob.ts'

type Json = Readonly<Record<string, unknown>>

function invalidValue(property: string, value: unknown) {
  return apiError(400, 'API_ERROR', `Invalid value: '${String(value)}' supplied for property: '${property}'`)
}

function oneOf<T extends string>(json: Json, property: string, allowed: readonly T[], fallback?: T): T {
  const value = json[property] ?? fallback
  const found = allowed.find(candidate => candidate === value)
  if (found === undefined) throw invalidValue(property, value)
  return found
}

function optionalText(json: Json, property: string): string | undefined {
  const value = json[property]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  throw invalidValue(property, value)
}

function keys<T extends string>(table: Readonly<Record<T, string>>) {
  return Object.keys(table) as T[]
}

function upsertKeyName({ caller }: Call, schema: ObjectSchema, name: string | undefined): string {
  if (name === undefined) throw apiError(400, 'INVALIDJOB', 'InvalidJob : External ID was blank for upsert operation')
  const field = schema.fieldsByName.get(name.toLowerCase())
  const isKey = field !== undefined && (field.externalId || field.idLookup)
  if (isKey && caller.access.fieldVisible(schema.name, field.name)) return field.name
  const message = `InvalidJob : Field name provided, ${name} does not match an External ID for ${schema.name}`
  throw apiError(400, 'INVALIDJOB', message)
}

function assignmentRule({ state }: Call, given: string | undefined): string | undefined {
  if (given === undefined) return undefined
  const id = toId18(given)
  if (id !== undefined && state.org.assignmentRules.has(id)) return id
  throw apiError(400, 'INVALIDJOB', `InvalidJob : Invalid assignment rule id: ${given}`)
}

/** Reads the settings of an ingest job. Throws INVALIDJOB for an unknown object or key, API_ERROR for a value that is not allowed. */
export function readJobRequest(call: Call, json: Json): IngestJobRequest {
  const objectName = optionalText(json, 'object') ?? ''
  const schema = call.state.org.table(objectName)?.schema
  if (schema === undefined || !call.caller.access.object(schema.name).read) {
    throw apiError(400, 'INVALIDJOB', `InvalidJob : Unable to find object: ${objectName}`)
  }
  oneOf(json, 'contentType', ['CSV'], 'CSV')
  const operation = oneOf(json, 'operation', INGEST_OPERATIONS)
  // Bulk API 1.0 has these words; Bulk API 2.0 repeats the code in front of them, as for other rejected jobs.
  if (operation === 'hardDelete' && !call.caller.hardDelete) {
    const words =
      'hardDelete operation requires special user profile permission, please contact your system administrator'
    throw apiError(400, 'FEATURENOTENABLED', `FeatureNotEnabled : ${words}`)
  }
  const keyName = optionalText(json, 'externalIdFieldName')
  return {
    object: schema.name,
    operation,
    externalIdFieldName: operation === 'upsert' ? upsertKeyName(call, schema, keyName) : undefined,
    assignmentRuleId: assignmentRule(call, optionalText(json, 'assignmentRuleId')),
    lineEnding: oneOf(json, 'lineEnding', keys(LINE_ENDINGS), 'LF'),
    columnDelimiter: oneOf(json, 'columnDelimiter', keys(COLUMN_DELIMITERS), 'COMMA'),
  }
}
