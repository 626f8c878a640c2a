import type { FieldSchema, FieldType } from '../schema/types.ts'
import type { FieldValue } from './types.ts'

/** The left side of a comparison, or what is sorted by: a typed value that can be read from a record or a group. */
export type Operand<Subject> = {
  /** As the query spells it. */
  readonly path: string
  readonly field: Pick<FieldSchema, 'name' | 'caseSensitive' | 'filterable'> & { readonly type: FieldType }
  readonly get: (subject: Subject) => FieldValue
}

/** How values of a field type are compared; decides which literals a condition may hold. */
export type ValueKind = 'text' | 'id' | 'boolean' | 'number' | 'date' | 'datetime' | 'time'

export function valueKind(type: FieldType): ValueKind {
  switch (type) {
    case 'id':
    case 'reference':
      return 'id'
    case 'double':
    case 'currency':
    case 'percent':
    case 'int':
      return 'number'
    case 'boolean':
    case 'date':
    case 'datetime':
    case 'time':
      return type
    default:
      return 'text'
  }
}

/** The form in which values of an operand are equal or ordered: text without its case, unless the field minds it. */
export function comparableForm(operand: Operand<never>): (value: FieldValue) => FieldValue {
  const foldsCase = valueKind(operand.field.type) === 'text' && !operand.field.caseSensitive
  return foldsCase ? value => (typeof value === 'string' ? value.toLowerCase() : value) : value => value
}
