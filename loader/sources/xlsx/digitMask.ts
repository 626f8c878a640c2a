import type { FormatToken } from './formatTokens.ts'

/** Places of digits, and text between them, from left to right. */
export type DigitMask = readonly { readonly isPlace: boolean; readonly text: string }[]

/** Marks that group the digits of a number. */
const GROUPING = /^[\s.,'’\u00a0\u202f]*$/

/**
 * The mask of a format that shows a number as a code: a postcode `00000`, a telephone number `(###) ###-####`, `+49 000 0000`.
 * Undefined for the format of an amount, such as `# ##0` or `0 "kg"`: its number is the value.
 */
export function readMask(tokens: readonly FormatToken[], isOnly: boolean): DigitMask | undefined {
  const mask = tokens
    .filter(({ type }) => type === 'digit' || type === 'literal')
    .map(({ type, text }) => ({ isPlace: type === 'digit', text }))
  const first = mask.findIndex(({ isPlace }) => isPlace)
  const last = mask.findLastIndex(({ isPlace }) => isPlace)
  const inner = mask.slice(first, last + 1)
  const places = inner.filter(({ isPlace }) => isPlace)
  const between = inner.filter(({ isPlace }) => !isPlace).map(({ text }) => text)
  const before = mask.slice(0, first).map(({ text }) => text)
  const keepsZeros = places.length > 1 && places[0]?.text === '0'
  // One point or comma between digits would read as decimals.
  const isAmount = between.length === 1 && /^[.,]$/.test(between[0] ?? '')
  if (keepsZeros && !isAmount) return mask
  if (between.some(text => !GROUPING.test(text))) return mask
  return isOnly && /[+\d]/.test(before.join('')) ? mask : undefined
}

/** A number without sign and decimals as its format shows it. */
export function maskedDigits(mask: DigitMask, digits: string): string {
  const first = mask.findIndex(({ isPlace }) => isPlace)
  let left = digits === '0' ? '' : digits
  let text = ''
  for (let index = mask.length - 1; index >= 0; index--) {
    const part = mask[index] as DigitMask[number]
    if (!part.isPlace) {
      text = part.text + text
      continue
    }
    // The first place takes all digits that are left.
    const taken = index === first ? left : left.slice(-1)
    left = left.slice(0, left.length - taken.length)
    text = (taken || { '0': '0', '?': ' ' }[part.text] || '') + text
  }
  return text
}
