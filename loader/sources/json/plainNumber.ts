const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

/** Most numbers are plain. */
const SHORT = /^(?!-0$)-?(?:0|[1-9]\d{0,14})(?:\.\d{0,14}[1-9])?$/

/** A double has at most 309 digits before its point, and its smallest value 324 behind it. */
const MAX_EXPONENT = 400

/** Digits without an exponent and without zeros at the end of its decimals: `1.50E3` is `1500`. Other text stays as it is. */
export function plainNumber(text: string): string {
  if (SHORT.test(text)) return text
  const [, sign, whole, decimals = '', exponent = '0'] = NUMBER.exec(text) ?? []
  const shift = Number(exponent)
  if (whole === undefined || Math.abs(shift) > MAX_EXPONENT) return text
  const digits = whole + decimals
  const point = whole.length + shift
  const before =
    point > 0
      ? digits
          .slice(0, point)
          .padEnd(point, '0')
          .replace(/^0+(?=\d)/, '')
      : '0'
  const after = (point > 0 ? digits.slice(point) : '0'.repeat(-point) + digits).replace(/0+$/, '')
  if (after === '') return before === '0' ? '0' : `${sign}${before}`
  return `${sign}${before}.${after}`
}
