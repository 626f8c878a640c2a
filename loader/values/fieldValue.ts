import type { ValueFormats } from '../../packages/client/contract/syncSpec.ts'
import type { FieldDescribe, FieldType } from '../salesforce/describe.ts'
import { type ByteCheck, type CheckContext, neverSent, textCheck } from './byteCheck.ts'
import { checkboxCheck, checkboxConverter, checkboxKey } from './checkbox.ts'
import { dateCheck, dateConverter, dateKey } from './date.ts'
import { datetimeCheck, datetimeConverter, datetimeKey, timeConverter, timeKey } from './datetime.ts'
import { coordinateConverter, isCoordinate } from './geolocation.ts'
import { decimalCheck, decimalConverter, integerCheck, integerConverter, numberKey } from './number.ts'
import {
  multipicklistCheck,
  multipicklistConverter,
  multipicklistKey,
  picklistCheck,
  picklistConverter,
} from './picklist.ts'
import { recordIdCheck, recordIdConverter, recordIdKey } from './recordId.ts'
import { canonicalText, emailCheck, emailConverter, emailKey, textConverter, trimValue } from './text.ts'
import type { FieldConverter, ValueContext } from './valueProblem.ts'

/** The cell that clears a field: Bulk API reads it as null, and the Collections engine sends null for it. */
export const CLEAR = '#N/A'

type ValueForm = {
  readonly convert: (context: ValueContext, formats: ValueFormats, keyPrefix?: string | null) => FieldConverter
  readonly key: (text: string) => string
  readonly check: (context: CheckContext) => ByteCheck
}

const TEXT: ValueForm = { convert: ({ field }) => textConverter(field), key: canonicalText, check: textCheck }
const PICKLIST: ValueForm = { convert: picklistConverter, key: canonicalText, check: picklistCheck }
const DECIMAL: ValueForm = { convert: decimalConverter, key: numberKey, check: decimalCheck }
/** The check of a decimal does not know the range. */
const COORDINATE: ValueForm = { ...DECIMAL, convert: coordinateConverter, check: () => neverSent }
const INTEGER: ValueForm = { convert: integerConverter, key: numberKey, check: integerCheck }

/** One entry per type that a column of text can fill; the others (compounds, binaries) cannot be loaded. */
const FORMS: ReadonlyMap<FieldType, ValueForm> = new Map<FieldType, ValueForm>([
  [
    'id',
    {
      convert: (context, _formats, keyPrefix) => recordIdConverter(context, keyPrefix),
      key: recordIdKey,
      check: recordIdCheck,
    },
  ],
  ['reference', { convert: context => recordIdConverter(context), key: recordIdKey, check: recordIdCheck }],
  ['boolean', { convert: checkboxConverter, key: checkboxKey, check: checkboxCheck }],
  ['string', TEXT],
  ['textarea', TEXT],
  ['phone', TEXT],
  ['url', TEXT],
  ['combobox', TEXT],
  ['encryptedstring', TEXT],
  ['email', { convert: ({ field }) => emailConverter(field), key: emailKey, check: emailCheck }],
  ['picklist', PICKLIST],
  ['multipicklist', { convert: multipicklistConverter, key: multipicklistKey, check: multipicklistCheck }],
  ['double', DECIMAL],
  ['currency', DECIMAL],
  ['percent', DECIMAL],
  ['int', INTEGER],
  ['long', INTEGER],
  ['date', { convert: dateConverter, key: dateKey, check: () => dateCheck }],
  ['datetime', { convert: datetimeConverter, key: datetimeKey, check: () => datetimeCheck }],
  ['time', { convert: timeConverter, key: timeKey, check: () => neverSent }],
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

/** How a lookup key has the letters of a text that is sent as written; undefined where it is another text. */
export type LookupLetters = 'exact' | 'folded' | undefined

/** The letters in which `compileLookupKey` gives a value that passes `compileByteCheck`. */
export function lookupLetters(field: FieldDescribe): LookupLetters {
  if (field.type === 'datetime') return undefined
  const isFolded = field.type === 'email' || (CASE_FOLDED.has(field.type) && !field.caseSensitive)
  return isFolded ? 'folded' : 'exact'
}

/** Compiles the check whether bytes are sent as they are: the converter of the field gives the same text. */
export function compileByteCheck(context: CheckContext): ByteCheck {
  return formOf(context.field).check(context)
}

const formOf = (field: FieldDescribe): ValueForm => (isCoordinate(field) ? COORDINATE : (FORMS.get(field.type) ?? TEXT))
