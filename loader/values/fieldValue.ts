import type { ValueFormats } from '../../packages/client/contract/syncSpec.ts'
import type { FieldDescribe, FieldType } from '../salesforce/describe.ts'
import { checkboxConverter, checkboxKey } from './checkbox.ts'
import { dateConverter, dateKey } from './date.ts'
import { datetimeConverter, datetimeKey, timeConverter, timeKey } from './datetime.ts'
import { decimalConverter, integerConverter, numberKey } from './number.ts'
import { multipicklistConverter, multipicklistKey, picklistConverter } from './picklist.ts'
import { recordIdConverter, recordIdKey } from './recordId.ts'
import { canonicalText, emailConverter, emailKey, textConverter, trimValue } from './text.ts'
import type { FieldConverter, ValueContext } from './valueProblem.ts'

/** The cell that clears a field: Bulk API reads it as null, and the Collections engine sends null for it. */
export const CLEAR = '#N/A'

type ValueForm = {
  readonly convert: (context: ValueContext, formats: ValueFormats, keyPrefix?: string | null) => FieldConverter
  readonly key: (text: string) => string
}

const TEXT: ValueForm = { convert: ({ field }) => textConverter(field), key: canonicalText }
const PICKLIST: ValueForm = { convert: picklistConverter, key: canonicalText }
const DECIMAL: ValueForm = { convert: decimalConverter, key: numberKey }
const INTEGER: ValueForm = { convert: integerConverter, key: numberKey }

/** One entry per type that a column of text can fill; the others (compounds, binaries) cannot be loaded. */
const FORMS: ReadonlyMap<FieldType, ValueForm> = new Map<FieldType, ValueForm>([
  ['id', { convert: (context, _formats, keyPrefix) => recordIdConverter(context, keyPrefix), key: recordIdKey }],
  ['reference', { convert: context => recordIdConverter(context), key: recordIdKey }],
  ['boolean', { convert: checkboxConverter, key: checkboxKey }],
  ['string', TEXT],
  ['textarea', TEXT],
  ['phone', TEXT],
  ['url', TEXT],
  ['combobox', TEXT],
  ['encryptedstring', TEXT],
  ['email', { convert: ({ field }) => emailConverter(field), key: emailKey }],
  ['picklist', PICKLIST],
  ['multipicklist', { convert: multipicklistConverter, key: multipicklistKey }],
  ['double', DECIMAL],
  ['currency', DECIMAL],
  ['percent', DECIMAL],
  ['int', INTEGER],
  ['long', INTEGER],
  ['date', { convert: dateConverter, key: dateKey }],
  ['datetime', { convert: datetimeConverter, key: datetimeKey }],
  ['time', { convert: timeConverter, key: timeKey }],
])

/** Types that Salesforce compares without regard to letter case, unless the field says otherwise. */
const CASE_FOLDED: ReadonlySet<FieldType> = new Set<FieldType>([
  'string',
  'textarea',
  'phone',
  'url',
  'combobox',
  'picklist',
  'multipicklist',
])

/** Whether values of the type can be written from text. */
export function isLoadable(type: FieldType): boolean {
  return FORMS.has(type)
}

/**
 * Compiles the conversion of source values to the form that is sent: the same text for both engines, and the text that
 * Salesforce would store. The mapping handles blank values; they never get here.
 *
 * @param column - the source column, for the message of a problem; empty for a constant
 * @param keyPrefix - the first three characters of the object's ids, for its own `Id` field
 */
export function compileConverter(
  field: FieldDescribe,
  formats: ValueFormats,
  column: string,
  keyPrefix?: string | null,
): FieldConverter {
  const convert = formOf(field).convert({ field, column }, formats, keyPrefix)
  const hint = 'leave the value blank and set blank: clear to clear the field'
  const message = `${field.label}: #N/A is not a value; ${hint} (column ${column})`
  return raw => {
    const value = trimValue(raw) === CLEAR ? CLEAR : convert(raw)
    return value === CLEAR ? { code: 'INVALID_VALUE', message } : value
  }
}

/**
 * The form in which two spellings of one value are equal: the comparison key of a value sent, and of the same value as
 * Salesforce returns it (`12.0`, `3.5E8`, `+0000`, trimmed, in lower case). A cleared field is a blank one.
 */
export function compileComparisonKey(field: FieldDescribe): (text: string) => string {
  const { key } = formOf(field)
  return text => (text === '' || text === CLEAR ? '' : key(text))
}

/**
 * The form in which two values match the same record: the comparison key, without regard to letter case unless the field
 * is case sensitive.
 */
export function compileLookupKey(field: FieldDescribe): (text: string) => string {
  const key = compileComparisonKey(field)
  if (field.caseSensitive || !CASE_FOLDED.has(field.type)) return key
  return text => key(text).toLowerCase()
}

const formOf = (field: FieldDescribe): ValueForm => FORMS.get(field.type) ?? TEXT
