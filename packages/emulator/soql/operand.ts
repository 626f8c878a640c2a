import type { FieldSchema, FieldType } from '../schema/types.ts'
import type { FieldValue } from './types.ts'

/** The left side of a comparison, or a sort key: a typed value of a record or a group. */
export type Operand<Subject> = {
  /** As in the query. */
  readonly path: string
  readonly field: Pick<FieldSchema, 'name' | 'caseSensitive' | 'filterable'> & { readonly type: FieldType }
  readonly get: (subject: Subject) => FieldValue
}

/** How values of a field type are compared; decides which literals a condition may contain. */
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

/** The form in which values of an operand are equal or ordered: text in lower case, unless the field is case-sensitive. */
export function comparableForm(operand: Operand<never>): (value: FieldValue) => FieldValue {
  const foldsCase = valueKind(operand.field.type) === 'text' && !operand.field.caseSensitive
  return foldsCase ? value => (typeof value === 'string' ? value.toLowerCase() : value) : value => value
}
