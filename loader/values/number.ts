import type { ValueFormats } from '../../packages/client/contract/syncSpec.ts'
import { areDigits, type ByteCheck, type CheckContext } from './byteCheck.ts'
import { decimalText, parseDecimal, roundDecimal } from './decimal.ts'
import { trimValue } from './text.ts'
import { type FieldConverter, notInForm, shownValue, type ValueContext, type ValueProblem } from './valueProblem.ts'
import { compileNumberReader } from './writtenNumber.ts'

/** JavaScript writes smaller numbers with an exponent. */
const MOST_KEPT_DECIMALS = 6

/** Numbers with decimals: currency, double, percent. Rounded to the field's scale, as Salesforce would. */
export function decimalConverter(context: ValueContext, formats: ValueFormats): FieldConverter {
  const { precision, scale } = context.field
  const wholeDigits = precision > 0 ? precision - scale : Number.POSITIVE_INFINITY
  const hasPoint = formats.decimalSeparator !== ',' && formats.groupSeparator !== '.'
  const read = compileNumberReader(context.field, formats)
  return raw => {
    const text = trimValue(raw)
    if (isShortInteger(text) && text.length <= wholeDigits) return text
    const point = hasPoint ? plainPoint(text) : -1
    const decimals = text.length - point - 1
    // More decimals than the field has may be grouped digits, which the reader decides.
    if (point > 0 && point <= wholeDigits && decimals <= scale) return withoutTrailingZeros(text)
    const written = read(text)
    if ('expected' in written) return notInForm(context, text, 'a number', written.expected)
    const { decimal } = written
    if (decimal.whole.length > wholeDigits) return outOfRange(context, text)
    const rounded = precision > 0 ? roundDecimal(decimal, scale) : decimal
    return rounded.whole.length > wholeDigits ? outOfRange(context, text) : decimalText(rounded)
  }
}

/** Whole numbers: int, long. A fraction is rejected, as Salesforce rejects it. */
export function integerConverter(context: ValueContext, formats: ValueFormats): FieldConverter {
  const digits = context.field.digits > 0 ? context.field.digits : Number.POSITIVE_INFINITY
  const read = compileNumberReader(context.field, formats)
  return raw => {
    const text = trimValue(raw)
    if (isShortInteger(text) && text.length <= digits) return text
    const written = read(text)
    if ('expected' in written) return notInForm(context, text, 'a whole number', written.expected)
    const { decimal } = written
    if (/[1-9]/.test(decimal.fraction)) return notInForm(context, text, 'a whole number', 'no decimals')
    return decimal.whole.length > digits ? outOfRange(context, text) : decimalText({ ...decimal, fraction: '' })
  }
}

const ZERO = 48
const POINT = 46

/** Numbers that `decimalConverter` gives as they are, and that `numberKey` does not change. */
export function decimalCheck({ field: { precision, scale }, formats }: CheckContext): ByteCheck {
  const wholeDigits = precision > 0 ? precision - scale : Number.POSITIVE_INFINITY
  const hasPoint = formats.decimalSeparator !== ',' && formats.groupSeparator !== '.'
  // Smaller numbers have an exponent in their key.
  const most = Math.min(scale, MOST_KEPT_DECIMALS)
  return (bytes, start, end) => {
    let point = start
    while (point < end && bytes[point] !== POINT) point++
    if (!isShortIntegerAt(bytes, start, point) || point - start > wholeDigits) return false
    if (point === end) return true
    const decimals = end - point - 1
    if (!hasPoint || decimals === 0 || decimals > most || end - start > 16) return false
    return bytes[end - 1] !== ZERO && areDigits(bytes, point + 1, end)
  }
}

/** Whole numbers that `integerConverter` gives as they are. */
export function integerCheck({ field }: CheckContext): ByteCheck {
  const digits = field.digits > 0 ? field.digits : Number.POSITIVE_INFINITY
  return (bytes, start, end) => end - start <= digits && isShortIntegerAt(bytes, start, end)
}

function isShortIntegerAt(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start
  if (length === 0 || length > 15 || !areDigits(bytes, start, end)) return false
  return length === 1 || bytes[start] !== ZERO
}

/** Compares as the double that Salesforce stores: `12`, `12.0` and `1.2E1` are equal. */
export function numberKey(text: string): string {
  const trimmed = trimValue(text)
  if (isShortInteger(trimmed)) return trimmed
  const point = plainPoint(trimmed)
  if (point > 0 && trimmed.length - point - 1 <= MOST_KEPT_DECIMALS) return withoutTrailingZeros(trimmed)
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

function outOfRange({ field }: ValueContext, text: string): ValueProblem {
  return {
    code: 'NUMBER_OUTSIDE_VALID_RANGE',
    message: `${field.label}: value outside of valid range on numeric field: ${shownValue(text)}`,
  }
}
