import type { ValueFormats } from '../../packages/client/contract/syncSpec.ts'
import { trimValue } from './text.ts'
import { type FieldConverter, notInForm, shownValue, type ValueContext, type ValueProblem } from './valueProblem.ts'

/** Numbers with decimals: currency, double, percent. Rounded to the field's scale, as Salesforce would. */
export function decimalConverter(context: ValueContext, formats: ValueFormats): FieldConverter {
  const { precision, scale } = context.field
  const wholeDigits = precision > 0 ? precision - scale : Number.POSITIVE_INFINITY
  const expected = formats.decimalSeparator === ',' ? 'digits with a decimal comma' : 'digits with a decimal point'
  return raw => {
    const text = trimValue(raw)
    if (isShortInteger(text) && text.length <= wholeDigits) return text
    const written = withPoint(text, formats)
    const point = plainPoint(written)
    if (point > 0 && point <= wholeDigits && written.length - point - 1 <= scale) return withoutTrailingZeros(written)
    const decimal = parseDecimal(written)
    if (!decimal) return notInForm(context, text, 'a number', `${expected} and no grouping`)
    const rounded = precision > 0 ? roundDecimal(decimal, scale) : decimal
    return rounded.whole.length > wholeDigits ? outOfRange(context, text) : decimalText(rounded)
  }
}

/** Whole numbers: int, long. A fraction is rejected, as Salesforce rejects it. */
export function integerConverter(context: ValueContext, formats: ValueFormats): FieldConverter {
  const digits = context.field.digits > 0 ? context.field.digits : Number.POSITIVE_INFINITY
  return raw => {
    const text = trimValue(raw)
    if (isShortInteger(text) && text.length <= digits) return text
    const decimal = parseDecimal(withPoint(text, formats))
    if (!decimal || /[1-9]/.test(decimal.fraction)) {
      return notInForm(context, text, 'a whole number', 'digits only')
    }
    return decimal.whole.length > digits ? outOfRange(context, text) : decimalText({ ...decimal, fraction: '' })
  }
}

/** Compares as the double that Salesforce stores: `12`, `12.0` and `1.2E1` are equal. */
export function numberKey(text: string): string {
  const trimmed = trimValue(text)
  if (isShortInteger(trimmed)) return trimmed
  // Six decimals at most: JavaScript writes smaller numbers with an exponent.
  const point = plainPoint(trimmed)
  if (point > 0 && trimmed.length - point <= 7) return withoutTrailingZeros(trimmed)
  if (!parseDecimal(trimmed)) return trimmed
  return String(Number(trimmed) + 0)
}

/**
 * Position of the decimal point in a number of at most 15 digits that has digits on both sides, no sign and no leading
 * zero before another digit; -1 for any other text.
 */
function plainPoint(text: string): number {
  const { length } = text
  const point = text.indexOf('.')
  if (point < 1 || point === length - 1 || length > 16) return -1
  if (point > 1 && text.charCodeAt(0) === 48) return -1
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if ((code < 48 || code > 57) && i !== point) return -1
  }
  return point
}

/** Applies to numbers with a decimal point. */
function withoutTrailingZeros(text: string): string {
  let end = text.length
  while (text.charCodeAt(end - 1) === 48) end--
  if (text.charCodeAt(end - 1) === 46) end--
  return end === text.length ? text : text.slice(0, end)
}

/** Digits without a leading zero, few enough for a double: already in canonical form. */
function isShortInteger(text: string): boolean {
  const { length } = text
  if (length === 0 || length > 15) return false
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code < 48 || code > 57) return false
  }
  return length === 1 || text.charCodeAt(0) !== 48
}

function withPoint(text: string, formats: ValueFormats): string {
  if (formats.decimalSeparator === '.') return text
  // With a decimal comma, a point groups digits: it is as ambiguous as a comma in a number with a decimal point.
  return text.includes('.') ? '' : text.replace(',', '.')
}

function outOfRange({ field }: ValueContext, text: string): ValueProblem {
  return {
    code: 'NUMBER_OUTSIDE_VALID_RANGE',
    message: `${field.label}: value outside of valid range on numeric field: ${shownValue(text)}`,
  }
}

/** A decimal number as text: sign, digits before the point without leading zeros, digits after it. */
type Decimal = { readonly negative: boolean; readonly whole: string; readonly fraction: string }

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/

/** Reads `-12.50`, `.5`, `3.5E8`; undefined for anything else. Grouped digits are not read: `1,234` is ambiguous. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = DECIMAL.exec(text)
  if (!match) return undefined
  const [, sign, before = '', after = '', exponent] = match
  if (before === '' && after === '') return undefined
  const digits = before + after
  const point = before.length + Number(exponent ?? 0)
  const whole = (point <= 0 ? '' : digits.slice(0, point).padEnd(point, '0')).replace(/^0+/, '')
  const fraction = point >= digits.length ? '' : digits.slice(Math.max(0, point)).padStart(digits.length - point, '0')
  return { negative: sign === '-', whole, fraction }
}

/** Rounds half away from zero, as Salesforce does with more decimals than the field has. */
export function roundDecimal(decimal: Decimal, scale: number): Decimal {
  const { negative, whole, fraction } = decimal
  if (fraction.length <= scale) return decimal
  const up = fraction.charCodeAt(scale) >= 53
  const kept = whole + fraction.slice(0, scale)
  const digits = (up ? increment(kept) : kept).padStart(scale, '0')
  return {
    negative,
    whole: digits.slice(0, digits.length - scale).replace(/^0+/, ''),
    fraction: digits.slice(digits.length - scale),
  }
}

/** `-12.5`: no leading or trailing zeros, no exponent, no negative zero. */
export function decimalText({ negative, whole, fraction }: Decimal): string {
  const decimals = fraction.replace(/0+$/, '')
  const magnitude = (whole || '0') + (decimals === '' ? '' : `.${decimals}`)
  return negative && magnitude !== '0' ? `-${magnitude}` : magnitude
}

const increment = (digits: string): string => (BigInt(digits || '0') + 1n).toString().padStart(digits.length, '0')
