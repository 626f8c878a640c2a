import { type DigitMask, readMask } from './digitMask.ts'
import type { FormatToken } from './formatTokens.ts'

type SectionKind = 'number' | 'percent' | 'date' | 'date and time' | 'time' | 'elapsed'

/** One of the parts of a number format between semicolons. */
export type Section = {
  /** Whether a value belongs to it; absent without a condition of its own. */
  readonly condition?: (value: number) => boolean
} & (
  | { readonly kind: SectionKind; readonly hasFractions: boolean }
  | { readonly kind: 'mask'; readonly mask: DigitMask }
)

/** @param isOnly whether the format has no other section */
export function readSection(tokens: readonly FormatToken[], isOnly: boolean): Section {
  const condition = conditionOf(tokens)
  const found = { ...(condition && { condition }), hasFractions: false }
  const time = timeKind(tokens)
  if (time !== undefined) return { ...found, kind: time, hasFractions: hasFractions(tokens) }
  const marks = new Set(tokens.filter(({ type }) => type === 'mark').map(({ text }) => text))
  if (!tokens.some(({ type }) => type === 'digit')) return { ...found, kind: 'number' }
  if (marks.has('%')) return { ...found, kind: 'percent' }
  const mask = marks.size > 0 ? undefined : readMask(tokens, isOnly)
  return mask === undefined ? { ...found, kind: 'number' } : { ...found, kind: 'mask', mask }
}

/** Whether the section shows a day, a time of day, or both; undefined for a number. */
function timeKind(tokens: readonly FormatToken[]): SectionKind | undefined {
  if (tokens.some(({ type }) => type === 'elapsed')) return 'elapsed'
  const units = tokens.filter(({ type, text }) => type === 'unit' && text !== 'half').map(({ text }) => text)
  const hasDay = units.some((unit, index) => isDay(unit, units[index - 1], units[index + 1]))
  const hasTime = units.some((unit, index) => !isDay(unit, units[index - 1], units[index + 1]))
  if (hasDay && hasTime) return 'date and time'
  if (hasTime) return 'time'
  return hasDay ? 'date' : undefined
}

/** `mm` means minutes behind hours and before seconds, else months. */
function isDay(unit: string, before: string | undefined, after: string | undefined): boolean {
  if (unit === 'm' || unit === 'mm') return !(before?.startsWith('h') || after?.startsWith('s'))
  return !/^[hs]/.test(unit)
}

/** Whether seconds have decimals: `ss.000` */
const hasFractions = (tokens: readonly FormatToken[]): boolean =>
  tokens.some(
    ({ type, text }, index) =>
      type === 'digit' &&
      text === '0' &&
      /^s/.test(tokens[index - 2]?.text ?? '') &&
      tokens[index - 1]?.type === 'mark',
  )

const CONDITION = /^(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/i

const COMPARISONS: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
  '=': (value, limit) => value === limit,
  '<>': (value, limit) => value !== limit,
}

function conditionOf(tokens: readonly FormatToken[]): ((value: number) => boolean) | undefined {
  for (const { type, text } of tokens) {
    const [, sign = '', limit] = type === 'bracket' ? (CONDITION.exec(text) ?? []) : []
    const compare = COMPARISONS[sign]
    if (compare !== undefined) return value => compare(value, Number(limit))
  }
  return undefined
}
