import type { OrderByClause } from '@jetstreamapp/soql-parser-js'
import { type ApiError, apiError } from '../apiError.ts'
import { comparableForm, type Operand } from './operand.ts'
import type { FieldValue } from './types.ts'

const MAX_OFFSET = 2_000

type Comparator<Subject> = (left: Subject, right: Subject) => number

function byValue(left: NonNullable<FieldValue>, right: NonNullable<FieldValue>): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

/** One clause of ORDER BY with its sort key. */
export type Order<Subject> = { readonly clause: OrderByClause; readonly operand: Operand<Subject> }

function comparator<Subject>({ clause, operand }: Order<Subject>): Comparator<Subject> {
  const form = comparableForm(operand)
  const direction = clause.order === 'DESC' ? -1 : 1
  // Empty values come first, ascending or descending, unless the query says LAST.
  const nullPlace = clause.nulls === 'LAST' ? 1 : -1
  return (left, right) => {
    const [a, b] = [form(operand.get(left)), form(operand.get(right))]
    if (a === null || b === null) return a === b ? 0 : nullPlace * (a === null ? 1 : -1)
    return direction * byValue(a, b)
  }
}

/** Sorts by the clauses of ORDER BY, first to last; equal subjects keep their order. */
export function sorted<Subject>(subjects: Iterable<Subject>, orderBy: readonly Order<Subject>[]): Iterable<Subject> {
  if (orderBy.length === 0) return subjects
  const comparators = orderBy.map(comparator)
  return [...subjects].sort((left, right) => {
    for (const compare of comparators) {
      const result = compare(left, right)
      if (result !== 0) return result
    }
    return 0
  })
}

function offsetOutOfRange(): ApiError {
  return apiError(400, 'NUMBER_OUTSIDE_VALID_RANGE', `Maximum SOQL offset allowed is ${MAX_OFFSET}`)
}

/** Applies OFFSET and LIMIT. Throws NUMBER_OUTSIDE_VALID_RANGE for an offset above 2,000. */
export function sliced<Subject>(
  subjects: Iterable<Subject>,
  {
    offset = 0,
    limit = Number.POSITIVE_INFINITY,
  }: { readonly offset?: number | undefined; readonly limit?: number | undefined },
): readonly Subject[] {
  if (offset > MAX_OFFSET) throw offsetOutOfRange()
  const result: Subject[] = []
  let index = 0
  for (const subject of subjects) {
    if (result.length >= limit) break
    if (index++ >= offset) result.push(subject)
  }
  return result
}
