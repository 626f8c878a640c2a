import { type ApiError, apiError } from '../apiError.ts'
import type { Org } from '../records/org.ts'
import type { UserAccess } from '../schema/access.ts'
import { isAggregateQuery } from '../soql/aggregateQuery.ts'
import { parseSoql } from '../soql/parseSoql.ts'
import { runQuery } from '../soql/runQuery.ts'
import type { RecordReader, SelectedColumn } from '../soql/types.ts'

function unsupported(message: string): ApiError {
  return apiError(400, 'API_ERROR', message)
}

function withoutRecords(org: Org): RecordReader {
  return { ...org.reader(), scan: () => [], byId: () => undefined, lookup: () => [] }
}

function isCompound({ type, columns, isAggregate }: SelectedColumn): boolean {
  return type === 'address' || type === 'location' || (!isAggregate && columns.some(isCompound))
}

function isBinary({ type, columns, isAggregate }: SelectedColumn): boolean {
  return type === 'base64' || (!isAggregate && columns.some(isBinary))
}

/**
 * Checks the query of a new query job as an org does, before the job exists. Returns the name of its object.
 * Throws the errors of the query resource, and API_ERROR for what Bulk API does not support.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/queries.htm; the words for compound fields and for child
 * queries are those that salesforcer's tests of a real org expect, those for files are in CumulusCI#1662. The others are not recorded.
 */
export function checkBulkSoql(soql: string, org: Org, access: UserAccess, apiVersion: string): string {
  const { object, selected } = runQuery(soql, withoutRecords(org), access, { apiVersion })
  const query = parseSoql(soql)
  if (selected.some(isCompound)) throw unsupported('Selecting compound data not supported in Bulk Query')
  if (selected.some(isBinary))
    throw apiError(400, 'FEATURENOTENABLED', 'FeatureNotEnabled : Binary field not supported')
  if (query.fields?.some(({ type }) => type === 'FieldSubquery') === true)
    throw unsupported('Aggregate Relationships not supported in Bulk V2 Query with CSV content type')
  if (query.groupBy !== undefined) throw unsupported('GROUP BY not supported in Bulk V2 Query')
  if (isAggregateQuery(query)) throw unsupported('Aggregate functions not supported in Bulk V2 Query')
  if (query.offset !== undefined) throw unsupported('OFFSET not supported in Bulk V2 Query')
  return object.name
}
