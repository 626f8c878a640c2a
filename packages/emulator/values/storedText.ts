import { SEPARATOR } from '../records/shape.ts'
import type { FieldSchema } from '../schema/types.ts'
import { dateText, datetimeText, timeText } from './calendar.ts'
import { decimalText, integerText, wholeDigits } from './decimal.ts'
import { type RecordError, recordError } from './recordError.ts'

/** The text is not of the field's type. JSON and CSV report it with different messages. */
export const NOT_OF_TYPE = Symbol('not of the field type')

/** Stored text ('' for no value), or the error. */
type StoredText = string | RecordError | typeof NOT_OF_TYPE

/** Converts a received text to the form in which the org stores it, with the checks that need only the field. */
export type ToStoredText = (text: string) => StoredText

const EMAIL =
  /^[^\s@<>()[\]\\,;:"]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$/

function cleanText(text: string): string {
  const trimmed = text.trim()
  return trimmed.includes(SEPARATOR) ? trimmed.replaceAll(SEPARATOR, '') : trimmed
}

function orNotOfType(read: (text: string) => string | undefined): ToStoredText {
  return text => {
    const trimmed = text.trim()
    return trimmed === '' ? '' : (read(trimmed) ?? NOT_OF_TYPE)
  }
}

function booleanText(text: string): string | undefined {
  const value = text.toLowerCase()
  if (value === 'true' || value === '1') return 'true'
  return value === 'false' || value === '0' ? 'false' : undefined
}

function limitedText(field: FieldSchema): ToStoredText {
  const { label, name, length } = field
  return text => {
    const cleaned = cleanText(text)
    if (cleaned.length <= length || length === 0) return cleaned
    return recordError('STRING_TOO_LONG', `${label}: data value too large: ${cleaned} (max length=${length})`, [name])
  }
}

function emailText(field: FieldSchema): ToStoredText {
  const limited = limitedText(field)
  return text => {
    const limitedOrError = limited(text)
    if (typeof limitedOrError !== 'string' || limitedOrError === '') return limitedOrError
    if (EMAIL.test(limitedOrError)) return limitedOrError.toLowerCase()
    return recordError('INVALID_EMAIL_ADDRESS', `${field.label}: invalid email address: ${limitedOrError}`, [
      field.name,
    ])
  }
}

function picklistText(field: FieldSchema): ToStoredText {
  const limited = limitedText(field)
  if (!field.restrictedPicklist) return limited
  const allowed = new Set(field.picklistValues.filter(({ active }) => active).map(({ value }) => value))
  const isAllowed =
    field.type === 'multipicklist'
      ? (value: string) => value.split(';').every(part => allowed.has(part.trim()))
      : (value: string) => allowed.has(value)
  return text => {
    const value = limited(text)
    if (typeof value !== 'string' || value === '' || isAllowed(value)) return value
    const message = `${field.label}: bad value for restricted picklist field: ${value}`
    return recordError('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', message, [field.name])
  }
}

function outOfRange({ label, name }: FieldSchema, text: string) {
  return recordError('NUMBER_OUTSIDE_VALID_RANGE', `${label}: value outside of valid range on numeric field: ${text}`, [
    name,
  ])
}

// https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/compound_fields_geolocation.htm
function largestDegrees({ compoundFieldName, name }: FieldSchema): number {
  if (compoundFieldName === null) return Number.POSITIVE_INFINITY
  if (/Latitude(?:__s)?$/.test(name)) return 90
  return /Longitude(?:__s)?$/.test(name) ? 180 : Number.POSITIVE_INFINITY
}

function numberText(field: FieldSchema): ToStoredText {
  const most = field.precision - field.scale
  const largest = largestDegrees(field)
  return text => {
    const trimmed = text.trim()
    if (trimmed === '') return ''
    const decimal = decimalText(trimmed, field.scale)
    if (decimal === undefined) return NOT_OF_TYPE
    const isTooLarge = wholeDigits(decimal) > most || Math.abs(Number(decimal)) > largest
    return isTooLarge ? outOfRange(field, trimmed) : decimal
  }
}

function wholeNumberText(field: FieldSchema): ToStoredText {
  const toInteger = orNotOfType(integerText)
  return text => {
    const integer = toInteger(text)
    const tooMany = typeof integer === 'string' && field.digits > 0 && wholeDigits(integer) > field.digits
    return tooMany ? outOfRange(field, integer) : integer
  }
}

/** The conversion of texts to stored values of this field; references.ts checks references against the org, and fileContents.ts stores contents. */
export function toStoredText(field: FieldSchema): ToStoredText {
  switch (field.type) {
    case 'boolean':
      return orNotOfType(booleanText)
    case 'date':
      return orNotOfType(dateText)
    case 'datetime':
      return orNotOfType(datetimeText)
    case 'time':
      return orNotOfType(timeText)
    case 'int':
      return wholeNumberText(field)
    case 'double':
    case 'currency':
    case 'percent':
      return numberText(field)
    case 'email':
      return emailText(field)
    case 'picklist':
    case 'multipicklist':
      return picklistText(field)
    case 'id':
    case 'reference':
    case 'address':
    case 'base64':
    case 'location':
    case 'string':
    case 'textarea':
    case 'combobox':
    case 'phone':
    case 'url':
      return limitedText(field)
  }
}
