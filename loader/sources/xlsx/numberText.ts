/** Digits that Excel keeps of a number. */
const SIGNIFICANT_DIGITS = 15

/** Characters: a double has at most 309 digits before its point. */
const LONGEST = 400

/** Without a zero at its end. */
const SHORT_DECIMAL = /^-?(?:0|[1-9]\d*)\.\d*[1-9]$/

/** At most 15 digits, or more and not only zeros at the end. */
const WHOLE_WITH_ALL_DIGITS = /^-?0*(?:\d{1,15}|\d{15}\d*[1-9]\d*)$/

/**
 * A stored number as plain decimal text: no exponent, no zeros around it; a whole number has no point.
 * A number of more digits than Excel keeps is rounded, and has the form in which Excel shows it: 1.23E+15. Programs that write all digits keep them.
 * Undefined when it is not a number.
 */
export function numberText(stored: string): string | undefined {
  if (isShortInteger(stored)) return stored
  if (stored.length <= SIGNIFICANT_DIGITS && SHORT_DECIMAL.test(stored)) return stored
  if (stored.length > LONGEST) return undefined
  if (WHOLE_WITH_ALL_DIGITS.test(stored)) return withoutNegativeZero(stored.replace(/^(-?)0+(?=\d)/, '$1'))
  const value = stored.trim() === '' ? Number.NaN : Number(stored)
  return Number.isFinite(value) ? withoutNegativeZero(plainText(value.toPrecision(SIGNIFICANT_DIGITS))) : undefined
}

function isShortInteger(text: string): boolean {
  const { length } = text
  if (length === 0 || length > SIGNIFICANT_DIGITS) return false
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at)
    if (code < 48 || code > 57) return false
  }
  return length === 1 || text.charCodeAt(0) !== 48
}

const withoutNegativeZero = (text: string): string => (text === '-0' ? '0' : text)

/** Writes `1.50000000000000e-7` without exponent and without zeros at its end. */
function plainText(precise: string): string {
  const [, sign = '', whole = '', decimals = '', exponent = '0'] =
    /^(-?)(\d+)\.?(\d*)(?:e([+-]\d+))?$/.exec(precise) ?? []
  if (Number(exponent) < SIGNIFICANT_DIGITS) return sign + pointMoved(whole, decimals, Number(exponent))
  return `${sign}${pointMoved(whole, decimals, 0)}E${exponent}`
}

/** A number as the percentage that it is: `0.25` is `25%`. Undefined for a number that is too large to have all its digits. */
export function percentText(plain: string): string | undefined {
  const [found, sign, whole = '', decimals = ''] = /^(-?)(\d+)\.?(\d*)$/.exec(plain) ?? []
  return found === undefined ? undefined : `${sign}${pointMoved(whole, decimals, 2)}%`
}

/** Moves the point to the right, or to the left by a negative number. */
function pointMoved(whole: string, decimals: string, places: number): string {
  const digits = whole + decimals
  const point = whole.length + places
  const before = (point > 0 ? digits.slice(0, point).padEnd(point, '0') : '').replace(/^0+/, '') || '0'
  const after = (point < 0 ? '0'.repeat(-point) + digits : digits.slice(point)).replace(/0+$/, '')
  return after === '' ? before : `${before}.${after}`
}
