import type { QueryBase } from '@jetstreamapp/soql-parser-js'
import type { ObjectSchema } from '../schema/types.ts'
import { candidates } from './candidates.ts'
import type { Predicate } from './comparison.ts'
import { type Comparison, type ConditionTree, conditionTree } from './conditionTree.ts'
import { type QueryContext, resolvePath } from './fieldPath.ts'
import { comparableForm, type Operand } from './operand.ts'
import { compilePredicate } from './predicate.ts'
import { checkRequiredFilter } from './requiredFilters.ts'
import { malformed, noSuchObject } from './soqlErrors.ts'
import type { FieldValue, StoredRecord } from './types.ts'

/** The object with this name. Throws INVALID_TYPE if it does not exist or the user may not read it. */
export function readableObject(context: QueryContext, name: string): ObjectSchema {
  const object = context.reader.schema(name)
  const readable = object?.queryable === true && context.access.object(object.name).read
  if (object === undefined || !readable) throw noSuchObject(context.soql, name)
  return object
}

/** The field of a condition or an order, as an operand. */
export function fieldOperand(
  context: QueryContext,
  object: ObjectSchema,
  path: string,
  alias: string | undefined,
  clause: string,
): Operand<StoredRecord> {
  const { field, get } = resolvePath(context, object, path, { alias, clause })
  return { path, field, get }
}

function whereOperand(
  context: QueryContext,
  object: ObjectSchema,
  alias: string | undefined,
  comparison: Comparison,
): Operand<StoredRecord> {
  if ('field' in comparison) return fieldOperand(context, object, comparison.field, alias, 'where')
  throw malformed(`The emulator does not run ${comparison.fn.rawValue ?? 'functions'} in WHERE.`)
}

// `AccountId IN (SELECT Id FROM Account WHERE …)`: the inner query runs once, when the outer one is compiled.
function semiJoin(
  context: QueryContext,
  comparison: Comparison,
  operand: Operand<StoredRecord>,
): Predicate<StoredRecord> {
  if (!('valueQuery' in comparison)) throw malformed("unexpected token: ')'")
  const { valueQuery, operator } = comparison
  const inner = readableObject(context, valueQuery.sObject ?? '')
  const [selected, ...others] = valueQuery.fields ?? []
  if (selected?.type !== 'Field' || others.length > 0) throw malformed('Only one field can be selected in a semi join.')
  const { get } = resolvePath(context, inner, selected.field)
  const form = comparableForm(operand)
  const values = new Set<FieldValue>()
  for (const record of matchingRecords(context, inner, valueQuery)) values.add(form(get(record)))
  values.delete(null)
  return operator === 'NOT IN'
    ? record => !values.has(form(operand.get(record)))
    : record => values.has(form(operand.get(record)))
}

/** Compiles a WHERE clause into a test on records. Throws an ApiError if the clause is not valid. */
export function wherePredicate(
  context: QueryContext,
  object: ObjectSchema,
  tree: ConditionTree,
  alias: string | undefined,
): Predicate<StoredRecord> {
  return compilePredicate<StoredRecord>(context, tree, {
    operand: comparison => whereOperand(context, object, alias, comparison),
    semiJoin: (comparison, operand) => semiJoin(context, comparison, operand),
  })
}

/**
 * The records that match the WHERE clause, in storage order; found through an index where possible.
 * Throws an ApiError if the clause is not valid, before any record is read.
 */
export function matchingRecords(
  context: QueryContext,
  object: ObjectSchema,
  { where, sObjectAlias: alias }: Pick<QueryBase, 'where' | 'sObjectAlias'>,
): Iterable<StoredRecord> {
  const tree = where && conditionTree(where)
  checkRequiredFilter(object, tree)
  if (tree === undefined) return context.reader.scan(object.name)
  const matches = wherePredicate(context, object, tree, alias)
  const found = candidates({ context, object, alias }, tree)
  return filtered(found?.values() ?? context.reader.scan(object.name), matches)
}

/** The records that match a condition. */
export function* filtered<Subject>(records: Iterable<Subject>, matches: Predicate<Subject>): Generator<Subject> {
  for (const record of records) if (matches(record)) yield record
}
