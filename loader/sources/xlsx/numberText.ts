/** Digits that Excel keeps of a number. */
const SIGNIFICANT_DIGITS = 15

/** Without a zero at its end. */
const SHORT_DECIMAL = /^-?(?:0|[1-9]\d*)\.\d*[1-9]$/

/**
 * A stored number as plain decimal text: no exponent, no zeros around it; a whole number has no point and keeps all its digits.
 * Undefined when it is not a number.
 */
export function numberText(stored: string): string | undefined {
  if (isShortInteger(stored)) return stored
  if (stored.length <= SIGNIFICANT_DIGITS && SHORT_DECIMAL.test(stored)) return stored
  if (/^-?\d+$/.test(stored)) return withoutNegativeZero(stored.replace(/^(-?)0+(?=\d)/, '$1'))
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

/** Writes `1.50000000000000e+21` without exponent and without zeros at its end. */
function plainText(precise: string): string {
  const [, sign = '', whole = '', decimals = '', exponent = '0'] =
    /^(-?)(\d+)\.?(\d*)(?:e([+-]\d+))?$/.exec(precise) ?? []
  return sign + pointMoved(whole, decimals, Number(exponent))
}

/** A number as the percentage that it is: `0.25` is `25%`. */
export function percentText(plain: string): string {
  const [, sign = '', whole = '', decimals = ''] = /^(-?)(\d+)\.?(\d*)$/.exec(plain) ?? []
  return `${sign}${pointMoved(whole, decimals, 2)}%`
}

/** Moves the point to the right, or to the left by a negative number. */
function pointMoved(whole: string, decimals: string, places: number): string {
  const digits = whole + decimals
  const point = whole.length + places
  const before = (point > 0 ? digits.slice(0, point).padEnd(point, '0') : '').replace(/^0+/, '') || '0'
  const after = (point < 0 ? '0'.repeat(-point) + digits : digits.slice(point)).replace(/0+$/, '')
  return after === '' ? before : `${before}.${after}`
}
