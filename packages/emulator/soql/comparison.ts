import type { Comparison } from './conditionTree.ts'
import type { QueryContext } from './fieldPath.ts'
import { type LiteralValue, literalValue } from './literalValue.ts'
import { comparableForm, type Operand, valueKind } from './operand.ts'
import { invalidOperator, notPossible } from './soqlErrors.ts'
import { likeMatcher, stringValue } from './stringLiteral.ts'
import type { FieldValue } from './types.ts'

/** Whether a record, or a group, matches a condition. */
export type Predicate<Subject> = (subject: Subject) => boolean

type Ordering = '<' | '<=' | '>' | '>='
type Test = (value: FieldValue) => boolean

function ordered(operator: Ordering, left: FieldValue, right: FieldValue): boolean {
  // An empty field is neither before nor after any value.
  if (left === null || right === null) return false
  switch (operator) {
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
  }
}

function orderedTest(operator: Ordering, literal: LiteralValue, form: (value: FieldValue) => FieldValue): Test {
  if (literal.kind === 'value') {
    const right = form(literal.value)
    return left => ordered(operator, form(left), right)
  }
  const bounds = {
    '<': ['<', literal.start],
    '<=': ['<', literal.end],
    '>': ['>=', literal.end],
    '>=': ['>=', literal.start],
  }
  const [bound, edge] = bounds[operator] as [Ordering, string]
  return left => ordered(bound, left, edge)
}

function oneOf(literals: readonly LiteralValue[], form: (value: FieldValue) => FieldValue): Test {
  const values = new Set(literals.filter(literal => literal.kind === 'value').map(literal => form(literal.value)))
  const spans = literals.filter(literal => literal.kind === 'span')
  const inSpan = (left: FieldValue) =>
    spans.some(({ start, end }) => ordered('>=', left, start) && ordered('<', left, end))
  return spans.length === 0 ? left => values.has(form(left)) : left => values.has(form(left)) || inSpan(left)
}

function chosenValues(value: FieldValue): readonly string[] {
  return typeof value === 'string' ? value.split(';').map(part => part.trim().toLowerCase()) : []
}

// `('a;b', 'c')`: both a and b are selected, or c is.
function includesTest(literals: readonly string[]): Test {
  const alternatives = literals.map(literal => chosenValues(stringValue(literal)))
  return value => {
    const chosen = chosenValues(value)
    return alternatives.some(wanted => wanted.every(part => chosen.includes(part)))
  }
}

/** The literals of a comparison with their types: the parser returns one type for a list when all agree. */
export function literalsOf(comparison: Comparison): readonly (readonly [literal: string, type: string])[] {
  if (!('value' in comparison)) return []
  const literals = [comparison.value].flat()
  const types = [comparison.literalType ?? 'STRING'].flat()
  return literals.map((literal, index) => [literal, types[index] ?? types[0] ?? 'STRING'] as const)
}

function testOf<Subject>(context: QueryContext, operand: Operand<Subject>, comparison: Comparison): Test {
  const { operator } = comparison
  const literals = literalsOf(comparison)
  const form = comparableForm(operand)
  const values = () => literals.map(([literal, type]) => literalValue(context, operand, literal, type))
  switch (operator) {
    case '=':
    case 'IN':
      return oneOf(values(), form)
    case '!=':
    case 'NOT IN':
      return negated(oneOf(values(), form))
    case 'LIKE': {
      const matches = likeMatcher(literals[0]?.[0] ?? "''")
      return value => typeof value === 'string' && matches(value)
    }
    case 'INCLUDES':
      return includesTest(literals.map(([literal]) => literal))
    case 'EXCLUDES':
      return negated(includesTest(literals.map(([literal]) => literal)))
    default:
      return orderedTest(operator, values()[0] ?? { kind: 'value', value: null }, form)
  }
}

function negated(test: Test): Test {
  return value => !test(value)
}

function checkOperator<Subject>(context: QueryContext, operand: Operand<Subject>, comparison: Comparison): void {
  const { soql } = context
  const { field, path } = operand
  const kind = valueKind(field.type)
  if (!field.filterable || field.type === 'address' || field.type === 'location')
    throw notPossible(soql, path, field.name, 'filtered')
  if (comparison.operator === 'LIKE' && kind !== 'text') throw invalidOperator(soql, path, field.type)
  const isChoice = comparison.operator === 'INCLUDES' || comparison.operator === 'EXCLUDES'
  if (isChoice && field.type !== 'multipicklist') throw invalidOperator(soql, path, field.type)
  if (kind === 'boolean' && ['<', '<=', '>', '>='].includes(comparison.operator))
    throw invalidOperator(soql, path, field.type)
}

/**
 * Compiles a comparison with literals, once, into a test on a record or a group.
 * Throws INVALID_FIELD when the field cannot be filtered, the operator does not fit its type, or a literal is of another type.
 */
export function compileComparison<Subject>(
  context: QueryContext,
  operand: Operand<Subject>,
  comparison: Comparison,
): Predicate<Subject> {
  checkOperator(context, operand, comparison)
  const test = testOf(context, operand, comparison)
  const { get } = operand
  return subject => test(get(subject))
}
