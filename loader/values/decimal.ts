/** A decimal number as text: sign, digits before the point without leading zeros, digits after it. */
export type Decimal = { readonly negative: boolean; readonly whole: string; readonly fraction: string }

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/

/** Reads `-12.50`, `.5`, `3.5E8`; undefined for anything else. */
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
  let end = fraction.length
  while (fraction.charCodeAt(end - 1) === 48) end--
  const magnitude = (whole || '0') + (end === 0 ? '' : `.${fraction.slice(0, end)}`)
  return negative && magnitude !== '0' ? `-${magnitude}` : magnitude
}

const increment = (digits: string): string => (BigInt(digits || '0') + 1n).toString().padStart(digits.length, '0')
