import type { ValueFormats } from '../../../packages/client/contract/syncSpec.ts'
import type { FieldDescribe, FieldType } from '../../salesforce/describe.ts'
import { compileConverter } from '../../values/fieldValue.ts'
import { canonicalText } from '../../values/text.ts'
import type { FieldConverter, ValueProblem } from '../../values/valueProblem.ts'

/** Types whose values are texts. One that the field could not have finds no parent. */
const TEXTS: readonly FieldType[] = ['string', 'email', 'phone', 'url', 'textarea', 'picklist', 'combobox']

/**
 * Compiles the reading of the values of columns as those of the fields that find a parent.
 * @param columns one for each field
 */
export function compileLookupKey(
  by: readonly FieldDescribe[],
  columns: readonly string[],
  formats: ValueFormats,
): (values: readonly string[]) => readonly string[] | ValueProblem {
  const converters = by.map(
    (field, index): FieldConverter =>
      TEXTS.includes(field.type) ? canonicalText : compileConverter(field, formats, columns[index] ?? ''),
  )
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
