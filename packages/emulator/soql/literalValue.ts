import { toId18 } from '../records/recordId.ts'
import { dateLiteralSpan, storedDate, storedDatetime, storedTime, type TimeSpan } from './dateLiterals.ts'
import type { QueryContext } from './fieldPath.ts'
import { type Operand, type ValueKind, valueKind } from './operand.ts'
import { DAY_OF_TIMES } from './parseSoql.ts'
import { invalidId, malformed, wrongLiteral } from './soqlErrors.ts'
import { stringValue } from './stringLiteral.ts'
import type { FieldValue } from './types.ts'

/** The right side of a comparison: one value, or for a date literal a span from `start` to before `end`, all in stored form. */
export type LiteralValue =
  | { readonly kind: 'value'; readonly value: FieldValue }
  | { readonly kind: 'span'; readonly start: string; readonly end: string }

const EXPECTED_TYPES: Readonly<Record<ValueKind, string>> = {
  text: 'string',
  id: 'string',
  boolean: 'boolean',
  number: 'double',
  date: 'date',
  datetime: 'dateTime',
  time: 'time',
}

function value(of: FieldValue): LiteralValue {
  return { kind: 'value', value: of }
}

function moment(literal: string): number {
  const epoch = Date.parse(literal)
  if (Number.isNaN(epoch)) throw malformed(`unexpected token: '${literal}'`)
  return epoch
}

function span({ start, end }: TimeSpan, kind: ValueKind): LiteralValue {
  const stored = kind === 'date' ? storedDate : storedDatetime
  return { kind: 'span', start: stored(start), end: stored(end) }
}

function quoted(context: QueryContext, operand: Operand<never>, literal: string, kind: ValueKind) {
  const text = stringValue(literal)
  if (kind === 'text') return value(text === '' ? null : text)
  if (kind !== 'id') return undefined
  if (text === '') return value(null)
  const id = toId18(text)
  if (id === undefined) throw invalidId(context.soql, operand.path, text)
  return value(id)
}

function typed(
  context: QueryContext,
  operand: Operand<never>,
  literal: string,
  literalType: string,
): LiteralValue | undefined {
  const kind = valueKind(operand.field.type)
  switch (literalType) {
    case 'NULL':
      return value(null)
    case 'STRING':
      return quoted(context, operand, literal, kind)
    case 'BOOLEAN':
      return kind === 'boolean' ? value(literal.toUpperCase() === 'TRUE') : undefined
    case 'INTEGER':
    case 'DECIMAL':
      return kind === 'number' ? value(Number(literal)) : undefined
    case 'DATE':
      return kind === 'date' ? value(storedDate(moment(literal))) : undefined
    case 'DATETIME':
      if (kind === 'time' && literal.startsWith(DAY_OF_TIMES)) return value(storedTime(moment(literal)))
      return kind === 'datetime' && !literal.startsWith(DAY_OF_TIMES)
        ? value(storedDatetime(moment(literal)))
        : undefined
    case 'DATE_LITERAL':
    case 'DATE_N_LITERAL': {
      const found = dateLiteralSpan(literal, context.now)
      return (kind === 'date' || kind === 'datetime') && found !== undefined ? span(found, kind) : undefined
    }
    default:
      return undefined
  }
}

/**
 * The value of a literal that is compared with this operand.
 * Throws INVALID_FIELD when the literal is of another type than the field, INVALID_QUERY_FILTER_OPERATOR when it should be an id.
 */
export function literalValue(
  context: QueryContext,
  operand: Operand<never>,
  literal: string,
  literalType: string,
): LiteralValue {
  const found = typed(context, operand, literal, literalType)
  if (found !== undefined) return found
  const expected = EXPECTED_TYPES[valueKind(operand.field.type)]
  throw wrongLiteral(context.soql, operand.path, operand.field.name, expected)
}
