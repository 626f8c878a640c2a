import type { FunctionExp, OrderByClause, Query, FieldType as SelectedField } from '@jetstreamapp/soql-parser-js'
import type { FieldType, ObjectSchema } from '../schema/types.ts'
import { javaNumber } from '../values/javaNumber.ts'
import { type Accumulator, accumulators } from './accumulators.ts'
import { type Comparison, conditionTree } from './conditionTree.ts'
import { type QueryContext, resolvePath } from './fieldPath.ts'
import { filtered, matchingRecords } from './matchingRecords.ts'
import type { Operand } from './operand.ts'
import { sliced, sorted } from './ordering.ts'
import { compilePredicate } from './predicate.ts'
import { malformed, notPossible } from './soqlErrors.ts'
import type { FieldValue, QueryRow, QueryRows, StoredRecord } from './types.ts'

type Group = { readonly values: readonly FieldValue[]; readonly totals: readonly Accumulator[] }

/** A value of a group that can be shown, compared or sorted by. */
type Column = Operand<Group> & { readonly key: string; readonly isTotal: boolean }

type AggregateFunction = { readonly start: () => Accumulator; readonly get: (record: StoredRecord) => FieldValue }

type GroupedField = {
  readonly path: string
  readonly name: string
  readonly column: Column
  readonly get: AggregateFunction['get']
}

/** The columns of one aggregate query; functions are added when SELECT, HAVING and ORDER BY name them. */
class Aggregation {
  readonly #context: QueryContext
  readonly #object: ObjectSchema
  readonly #alias: string | undefined
  readonly #grouped: readonly GroupedField[]
  readonly #functions: AggregateFunction[] = []
  readonly #columnsByFunction = new Map<string, Column>()
  #unnamed = 0

  constructor(context: QueryContext, object: ObjectSchema, query: Query) {
    this.#context = context
    this.#object = object
    this.#alias = query.sObjectAlias
    this.#grouped = [query.groupBy ?? []].flat().map((clause, index) => {
      if (!('field' in clause)) throw malformed(`The emulator does not run ${clause.fn.rawValue} in GROUP BY.`)
      return this.#groupedField(clause.field, index)
    })
  }

  #groupedField(path: string, index: number): GroupedField {
    const { field, get } = resolvePath(this.#context, this.#object, path, { alias: this.#alias, clause: 'group by' })
    if (!field.groupable) throw notPossible(this.#context.soql, path, field.name, 'grouped')
    const column = { key: field.name, isTotal: false, path, field, get: (group: Group) => group.values[index] ?? null }
    return { path: path.toLowerCase(), name: field.name, column, get }
  }

  field(path: string, alias?: string): Column {
    const found = this.#grouped.find(grouped => grouped.path === path.toLowerCase())
    if (found !== undefined) return { ...found.column, key: alias ?? found.name }
    resolvePath(this.#context, this.#object, path, { alias: this.#alias })
    throw malformed(`Field must be grouped or aggregated: ${path}`)
  }

  function({ functionName = '', parameters = [], rawValue = '' }: FunctionExp, alias?: string): Column {
    const known = this.#columnsByFunction.get(rawValue.toLowerCase())
    const column = known ?? this.#newFunction(functionName, parameters[0], rawValue)
    this.#columnsByFunction.set(rawValue.toLowerCase(), column)
    return { ...column, key: alias ?? column.key }
  }

  #newFunction(functionName: string, parameter: string | FunctionExp | undefined, rawValue: string): Column {
    const start = accumulators[functionName.toUpperCase()]
    if (start === undefined || (parameter !== undefined && typeof parameter !== 'string'))
      throw malformed(`The emulator does not run ${rawValue} in an aggregate query.`)
    const path = parameter ?? 'Id'
    const { field, get } = resolvePath(this.#context, this.#object, path, { alias: this.#alias })
    const index = this.#functions.push({ start, get }) - 1
    const counts = functionName.toUpperCase().startsWith('COUNT')
    const type: FieldType = counts ? 'int' : field.type
    return {
      key: '',
      isTotal: true,
      path: rawValue,
      field: { name: rawValue, type, caseSensitive: field.caseSensitive, filterable: true },
      get: group => group.totals[index]?.result() ?? null,
    }
  }

  selected(item: SelectedField): Column {
    if (item.type === 'Field') return this.field('rawValue' in item ? item.rawValue : item.field, item.alias)
    if (item.type === 'FieldRelationship') return this.field(item.rawValue ?? item.field)
    if (item.type !== 'FieldFunctionExpression') throw malformed('Grouped query cannot have child queries.')
    return this.function(item as FunctionExp, item.alias ?? `expr${this.#unnamed++}`)
  }

  groups(records: Iterable<StoredRecord>): Iterable<Group> {
    const groups = new Map<string, Group>()
    const newGroup = (values: readonly FieldValue[]) => ({
      values,
      totals: this.#functions.map(({ start }) => start()),
    })
    // Without GROUP BY there is always one group, even without records.
    if (this.#grouped.length === 0) groups.set('[]', newGroup([]))
    for (const record of records) {
      const values = this.#grouped.map(({ get }) => get(record))
      const key = JSON.stringify(values).toLowerCase()
      const group = groups.get(key) ?? newGroup(values)
      groups.set(key, group)
      for (const [index, { get }] of this.#functions.entries()) group.totals[index]?.add(get(record))
    }
    return groups.values()
  }
}

function operandOf(aggregation: Aggregation, clause: Comparison | OrderByClause): Operand<Group> {
  return 'fn' in clause ? aggregation.function(clause.fn) : aggregation.field(clause.field)
}

const DOUBLES: readonly FieldType[] = ['double', 'currency', 'percent']

function shownTotal({ field, get }: Column, group: Group): unknown {
  const value = get(group)
  return typeof value === 'number' && DOUBLES.includes(field.type) ? javaNumber(value) : value
}

/** Whether a query counts or groups instead of listing records. */
export function isAggregateQuery(query: Query): boolean {
  return (
    query.groupBy !== undefined ||
    (query.fields ?? []).some(
      field => field.type === 'FieldFunctionExpression' && field.functionName.toUpperCase() in accumulators,
    )
  )
}

/** Runs a query with aggregate functions or GROUP BY. Throws MALFORMED_QUERY for a field that is neither grouped nor aggregated. */
export function runAggregateQuery(context: QueryContext, object: ObjectSchema, query: Query): QueryRows {
  const aggregation = new Aggregation(context, object, query)
  const columns = (query.fields ?? []).map(item => aggregation.selected(item))
  const having =
    query.having &&
    compilePredicate<Group>(context, conditionTree(query.having), {
      operand: comparison => operandOf(aggregation, comparison),
      semiJoin: () => {
        throw malformed('Semi joins are not allowed in HAVING.')
      },
    })
  const orderBy = [query.orderBy ?? []].flat().map(clause => ({ clause, operand: operandOf(aggregation, clause) }))
  const groups = aggregation.groups(matchingRecords(context, object, query))
  const kept = having === undefined ? groups : filtered(groups, having)
  const rows = sliced(sorted(kept, orderBy), query).map((group): QueryRow => {
    const cells = columns.map(column => [column.key, shownTotal(column, group)] as const)
    return { attributes: { type: 'AggregateResult' }, ...Object.fromEntries(cells) }
  })
  return {
    object,
    selected: columns.map(({ key, path, field: { type }, isTotal }) => ({
      name: key,
      displayName: path,
      type,
      isAggregate: isTotal,
      columns: [],
    })),
    isGrouped: query.groupBy !== undefined,
    columns: columns.map(({ key }) => key),
    totalSize: rows.length,
    rowCount: rows.length,
    page: (offset, size) => rows.slice(offset, offset + size),
  }
}
