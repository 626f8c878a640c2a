import type { FieldType, Query } from '@jetstreamapp/soql-parser-js'
import { malformed } from './soqlErrors.ts'

const MAX_UNBOUNDED_FIELDS = 200

function namesUnboundedFields(field: FieldType): boolean {
  if (field.type !== 'FieldFunctionExpression' || field.functionName.toUpperCase() !== 'FIELDS') return false
  const [group] = field.parameters
  return typeof group === 'string' && group.toUpperCase() !== 'STANDARD'
}

/**
 * Throws MALFORMED_QUERY for FIELDS(ALL) or FIELDS(CUSTOM) without a LIMIT of at most 200.
 * https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_fields.htm
 */
export function checkUnboundedFields({ fields = [], limit = Number.POSITIVE_INFINITY }: Query): void {
  if (limit <= MAX_UNBOUNDED_FIELDS || !fields.some(namesUnboundedFields)) return
  throw malformed(`The SOQL FIELDS function must have a LIMIT of at most ${MAX_UNBOUNDED_FIELDS}`)
}

/**
 * Throws MALFORMED_QUERY for a LIMIT on totals over all records.
 * https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_limit.htm
 */
export function checkTotals({ groupBy, limit }: Query): void {
  if (groupBy !== undefined || limit === undefined) return
  throw malformed('Non-grouped query that uses overall aggregate functions cannot also use LIMIT')
}
