import type { OrderByClause, Query, QueryBase, Subquery } from '@jetstreamapp/soql-parser-js'
import type { UserAccess } from '../schema/access.ts'
import type { ObjectSchema } from '../schema/types.ts'
import { isAggregateQuery, runAggregateQuery } from './aggregateQuery.ts'
import { childrenOf } from './childRows.ts'
import { conditionTree } from './conditionTree.ts'
import type { QueryContext } from './fieldPath.ts'
import { fieldOperand, filtered, matchingRecords, readableObject, wherePredicate } from './matchingRecords.ts'
import { sliced, sorted } from './ordering.ts'
import { parseSoql } from './parseSoql.ts'
import { checkTotals, checkUnboundedFields } from './queryLimits.ts'
import { type CompileSubquery, compileSelection } from './selection.ts'
import { malformed, notPossible } from './soqlErrors.ts'
import type { QueryRows, RecordReader, StoredRecord } from './types.ts'

/** The context of a query besides the records. */
export type QueryOptions = {
  /** `67.0`: part of the URL of each row. */
  readonly apiVersion: string
  /** Epoch milliseconds: the current time for date literals such as TODAY. @default now */
  readonly now?: number
}

function orderOperand(context: QueryContext, object: ObjectSchema, alias: string | undefined, clause: OrderByClause) {
  if (!('field' in clause)) throw malformed(`The emulator does not run ${clause.fn.rawValue} in ORDER BY.`)
  const operand = fieldOperand(context, object, clause.field, alias, 'order by')
  const field = object.fieldsByName.get(operand.field.name.toLowerCase())
  if (field?.sortable === false) throw notPossible(context.soql, clause.field, field.name, 'sorted')
  return operand
}

function orderedAndCut(
  context: QueryContext,
  object: ObjectSchema,
  records: Iterable<StoredRecord>,
  query: QueryBase,
): readonly StoredRecord[] {
  const orderBy = [query.orderBy ?? []].flat().map(clause => ({
    clause,
    operand: orderOperand(context, object, query.sObjectAlias, clause),
  }))
  return sliced(sorted(records, orderBy), query)
}

function subqueryCompiler(context: QueryContext, parent: ObjectSchema): CompileSubquery {
  return (subquery: Subquery) => {
    const children = childrenOf(context, parent, subquery)
    const { object, name } = children
    const reject: CompileSubquery = () => {
      throw malformed('Nested sub-queries are not supported by the emulator.')
    }
    const projection = compileSelection(context, object, subquery.fields ?? [], subquery.sObjectAlias, reject)
    const matches =
      subquery.where && wherePredicate(context, object, conditionTree(subquery.where), subquery.sObjectAlias)
    const cell = (record: StoredRecord) => {
      const all = children.of(String(record.get('Id')))
      const chosen = orderedAndCut(context, object, matches === undefined ? all : filtered(all, matches), subquery)
      if (chosen.length === 0) return null
      return { totalSize: chosen.length, done: true, records: chosen.map(child => projection.row(child, object)) }
    }
    return { name, cell, selected: projection.selected }
  }
}

function isBareCount({ fields = [] }: Query): boolean {
  const [only] = fields
  return fields.length === 1 && only?.type === 'FieldFunctionExpression' && only.rawValue?.toLowerCase() === 'count()'
}

function runCount(context: QueryContext, object: ObjectSchema, query: Query): QueryRows {
  const { limit = Number.POSITIVE_INFINITY } = query
  let totalSize = 0
  for (const _ of matchingRecords(context, object, query)) if (++totalSize >= limit) break
  return { object, selected: [], isGrouped: false, columns: [], totalSize, rowCount: 0, page: () => [] }
}

function runRecordQuery(context: QueryContext, object: ObjectSchema, query: Query): QueryRows {
  const compileSubquery = subqueryCompiler(context, object)
  const projection = compileSelection(context, object, query.fields ?? [], query.sObjectAlias, compileSubquery)
  const records = orderedAndCut(context, object, matchingRecords(context, object, query), query)
  return {
    object,
    selected: projection.selected,
    isGrouped: false,
    columns: projection.columns,
    totalSize: records.length,
    rowCount: records.length,
    page: (offset, size) => records.slice(offset, offset + size).map(record => projection.row(record, object)),
  }
}

/**
 * Runs a SOQL query as a user with this access. Throws an ApiError with Salesforce's message: MALFORMED_QUERY for invalid
 * SOQL, INVALID_TYPE and INVALID_FIELD for names that do not exist or are hidden from the user.
 * https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql.htm
 */
export function runQuery(
  soql: string,
  reader: RecordReader,
  access: UserAccess,
  { apiVersion, now = Date.now() }: QueryOptions,
): QueryRows {
  const query = parseSoql(soql)
  const context = { soql, reader, access, apiVersion, now }
  const object = readableObject(context, query.sObject)
  if (isBareCount(query)) return runCount(context, object, query)
  checkUnboundedFields(query)
  if (isAggregateQuery(query)) {
    checkTotals(query)
    return runAggregateQuery(context, object, query)
  }
  return runRecordQuery(context, object, query)
}
