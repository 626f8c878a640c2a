const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/

/** A decimal number as digits and the position of its point: 12.5 is `{ negative: false, digits: 125n, scale: 1 }`. */
type Decimal = { readonly negative: boolean; readonly digits: bigint; readonly scale: number }

function parse(text: string): Decimal | undefined {
  const match = DECIMAL.exec(text)
  if (match === null) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  if (whole === '' && fraction === '') return undefined
  const scale = fraction.length - Number(exponent)
  const digits = BigInt(whole + fraction)
  return {
    negative: sign === '-',
    digits: scale < 0 ? digits * 10n ** BigInt(-scale) : digits,
    scale: Math.max(scale, 0),
  }
}

function rounded({ negative, digits, scale }: Decimal, toScale: number): Decimal {
  if (scale <= toScale) return { negative, digits, scale }
  const divisor = 10n ** BigInt(scale - toScale)
  const half = digits % divisor >= divisor / 2n ? 1n : 0n
  return { negative, digits: digits / divisor + half, scale: toScale }
}

function textOf({ negative, digits, scale }: Decimal): string {
  const padded = digits.toString().padStart(scale + 1, '0')
  const whole = padded.slice(0, padded.length - scale)
  const fraction = padded.slice(padded.length - scale).replace(/0+$/, '')
  const unsigned = fraction === '' ? whole : `${whole}.${fraction}`
  return negative && digits !== 0n ? `-${unsigned}` : unsigned
}

/** Plain decimal text rounded half up to `scale` places, without unnecessary zeros; undefined when the text is not a number. */
export function decimalText(text: string, scale: number): string | undefined {
  if (/^(?:0|[1-9]\d{0,14})$/.test(text)) return text
  const decimal = parse(text)
  return decimal === undefined ? undefined : textOf(rounded(decimal, scale))
}

/** Digits before the point of a text from `decimalText`. */
export function wholeDigits(text: string): number {
  const whole = text.replace(/^-/, '').split('.')[0] ?? ''
  return whole === '0' ? 0 : whole.length
}

/** Whole number text without plus sign and leading zeros; undefined when the text is not a 32-bit integer. */
export function integerText(text: string): string | undefined {
  if (!/^[+-]?\d{1,20}$/.test(text)) return undefined
  const value = Number(text)
  return value >= -(2 ** 31) && value < 2 ** 31 ? String(value === 0 ? 0 : value) : undefined
}

/** A number as Java's Double.toString writes it, as in Bulk results: `12.0`, `3.5E8`. */
export function javaDouble(text: string): string {
  const value = Number(text)
  const size = Math.abs(value)
  const withFraction = (digits: string) => (digits.includes('.') ? digits : `${digits}.0`)
  if (value === 0 || (size >= 1e-3 && size < 1e7)) return withFraction(String(value))
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e')
  return `${withFraction(mantissa)}E${Number(exponent)}`
}
