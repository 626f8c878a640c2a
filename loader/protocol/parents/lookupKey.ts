import type { ValueFormats } from '../../../packages/client/contract/syncSpec.ts'
import type { FieldDescribe, FieldType } from '../../salesforce/describe.ts'
import { keyFormOf, NUMBERS } from '../../salesforce/keyForms.ts'
import { compileConverter } from '../../values/fieldValue.ts'
import { type FieldConverter, shownValue, type ValueProblem } from '../../values/valueProblem.ts'

/** Types whose values are texts. One that the field could not have finds no parent. */
const TEXTS: readonly FieldType[] = ['string', 'email', 'phone', 'url', 'textarea', 'picklist', 'combobox']

/** Whether a parent is found by one text: then ASCII without blanks around it is compared as it is written. */
export const isFoundByText = (by: readonly FieldDescribe[]): boolean =>
  by.length === 1 && by.every(({ type }) => TEXTS.includes(type))

/**
 * Compiles the reading of the values of columns as those of the fields that find a parent.
 * @param columns one for each field
 */
export function compileLookupKey(
  by: readonly FieldDescribe[],
  columns: readonly string[],
  formats: ValueFormats,
): (values: readonly string[]) => readonly string[] | ValueProblem {
  const converters = by.map((field, index) => compileValue(field, columns[index] ?? '', formats))
  return values => {
    const key: string[] = []
    for (let index = 0; index < converters.length; index++) {
      const value = (converters[index] as FieldConverter)(values[index] as string)
      if (typeof value !== 'string') return value
      key.push(value)
    }
    return key
  }
}

function compileValue(field: FieldDescribe, column: string, formats: ValueFormats): FieldConverter {
  const isText = TEXTS.includes(field.type)
  const convert = compileConverter(isText ? { ...field, type: 'string', length: 0 } : field, formats, column)
  if (!NUMBERS.has(field.type)) return convert
  const { literal } = keyFormOf(field)
  return raw => {
    const value = convert(raw)
    if (typeof value !== 'string' || literal(value) !== undefined) return value
    const what = `${field.label}: ${shownValue(value)} has more than 15 digits, and the org cannot be searched for it`
    return { code: 'KEY_NOT_SEARCHABLE', message: `${what}; find the parent by a field of text (column ${column})` }
  }
}
