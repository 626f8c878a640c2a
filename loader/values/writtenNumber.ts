import type { ValueFormats } from '../../packages/client/contract/syncSpec.ts'
import type { FieldDescribe } from '../salesforce/describe.ts'
import { type Decimal, parseDecimal } from './decimal.ts'

/** A number that was read, or the words for what was expected. */
export type WrittenNumber = { readonly decimal: Decimal } | { readonly expected: string }

const MARK_NAMES = { '.': 'point', ',': 'comma' } as const

type Mark = '.' | ',' | ' ' | "'"

// A double has at most 309 digits before its point.
const LONGEST = 400

const BLANKS = /[\u00a0\u2007\u2009\u202f]/g
const MINUS = /^[-\u2212\u2013]|[-\u2212\u2013]$/
// A currency sign, which letters may precede (US$, R$), or a code of ISO 4217.
const CURRENCY = /^(?:[A-Z]{0,2}\p{Sc}|[A-Z]{3}(?![A-Z]))|(?:[A-Z]{0,2}\p{Sc}|(?<![A-Z])[A-Z]{3})$/u
const CURRENCY_CODES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))
const GROUPED = /^[1-9]\d{0,2}(?:g\d{3})+$/
// Indian grouping: 12,34,567.
const GROUPED_BY_TWO = /^[1-9]\d?(?:g\d\d)*g\d{3}$/

/**
 * Compiles a reader of numbers as banks, SAP and spreadsheets write them: grouped digits, currency signs, a minus behind the
 * number, parentheses for a negative one, a percent sign in a percent field. A text that has two readings is rejected: with a
 * decimal comma not declared, `10.000` may be ten or ten thousand.
 */
export function compileNumberReader(field: FieldDescribe, formats: ValueFormats): (text: string) => WrittenNumber {
  const point = decimalMark(formats)
  const toPlain = compileUngroup(field, formats, point)
  const spelling = `digits with a decimal ${MARK_NAMES[point]}; declare other marks in formats.decimalSeparator and formats.groupSeparator`
  // Numbers of two currencies in one column look alike after their signs are removed.
  let currency: string | undefined
  return text => {
    if (text.length > LONGEST) return { expected: spelling }
    const bare = withoutAffixes(text)
    if (!bare) return { expected: 'one sign at most' }
    if (bare.percent && field.type !== 'percent')
      return { expected: 'no percent sign, which only a percent field takes' }
    if (bare.currency !== undefined) {
      currency ??= bare.currency
      if (bare.currency !== currency) return { expected: `amounts in one currency; rows above are in ${currency}` }
    }
    const plain = toPlain(bare.digits)
    if (typeof plain !== 'string') return plain
    const decimal = parseDecimal(bare.isNegative ? `-${plain}` : plain)
    return decimal ? { decimal } : { expected: spelling }
  }
}

/** The mark before decimals: the declared one, else the one that the group mark leaves. */
export function decimalMark({ decimalSeparator, groupSeparator }: ValueFormats): '.' | ',' {
  return decimalSeparator ?? (groupSeparator === '.' ? ',' : '.')
}

type Bare = {
  readonly digits: string
  readonly isNegative: boolean
  readonly currency: string | undefined
  readonly percent: boolean
}

/** The digits and marks without signs around them; undefined when a sign is repeated. */
function withoutAffixes(text: string): Bare | undefined {
  let rest = text.replace(BLANKS, ' ')
  const found = { sign: '', currency: '', percent: '' }
  const take = (part: keyof typeof found, affix: string): boolean => {
    const isFirst = found[part] === ''
    found[part] = affix
    rest = rest.startsWith(affix) ? rest.slice(affix.length) : rest.slice(0, -affix.length)
    return isFirst
  }
  for (;;) {
    rest = rest.trim()
    if (rest.startsWith('(') && rest.endsWith(')')) {
      rest = rest.slice(0, -1)
      if (!take('sign', '(')) return undefined
      continue
    }
    const sign = MINUS.exec(rest)?.[0] ?? (rest.startsWith('+') ? '+' : undefined)
    const currency = sign === undefined ? currencyOf(rest) : undefined
    if (sign !== undefined && !take('sign', sign)) return undefined
    if (currency !== undefined && !take('currency', currency)) return undefined
    if (sign !== undefined || currency !== undefined) continue
    if (!rest.startsWith('%') && !rest.endsWith('%')) break
    if (!take('percent', '%')) return undefined
  }
  const isNegative = found.sign !== '' && found.sign !== '+'
  return { digits: rest, isNegative, currency: found.currency || undefined, percent: found.percent !== '' }
}

function currencyOf(text: string): string | undefined {
  const found = CURRENCY.exec(text)?.[0]
  if (found === undefined) return undefined
  return /\p{Sc}/u.test(found) || CURRENCY_CODES.has(found) ? found : undefined
}

/** Compiles a function that gives digits with a decimal point; blank for other text; words where the text has two readings. */
function compileUngroup(
  { type, precision, scale }: FieldDescribe,
  { decimalSeparator, groupSeparator }: ValueFormats,
  point: '.' | ',',
): (digits: string) => string | { readonly expected: string } {
  const other = point === '.' ? ',' : '.'
  // What looks like thousands has three decimals where the field has them, or does not say how many it has.
  const takesDecimals = scale >= 3 || (precision === 0 && type !== 'int' && type !== 'long')
  const isPointDeclared = decimalSeparator !== undefined || groupSeparator !== undefined || takesDecimals
  const patterns = new Map(
    ([other, ' ', "'"] as const)
      .filter(mark => groupSeparator === undefined || mark === groupSeparator)
      .map(mark => [mark, groupPatterns(mark)] as const),
  )
  return digits => {
    const text = digits.replaceAll('’', "'")
    const marks = new Set(text.match(/[., ']/g) as Mark[] | null)
    if (!isPointDeclared && marks.size === 1 && marks.has(point) && GROUPED_ONCE.test(text)) return twoReadings(point)
    const at = text.indexOf(point)
    const whole = at === -1 ? text : text.slice(0, at)
    const decimals = at === -1 ? '' : `.${text.slice(at + 1)}`
    marks.delete(point)
    const [mark, ...more] = marks
    if (mark === undefined) return at !== -1 && /[.,]/.test(decimals.slice(1)) ? '' : whole + decimals
    if (mark === other && groupSeparator === undefined && at === -1 && GROUPED_ONCE.test(text))
      return twoReadings(other)
    if (more.length > 0 || !/^(?:\.\d+)?$/.test(decimals)) return ''
    return patterns.get(mark)?.some(pattern => pattern.test(whole)) ? whole.replaceAll(mark, '') + decimals : ''
  }
}

/** Up to three digits, one mark, three digits. */
const GROUPED_ONCE = /^[1-9]\d{0,2}[.,]\d{3}$/

function groupPatterns(mark: Mark): readonly RegExp[] {
  const escaped = mark === '.' ? '\\.' : mark
  const forms = mark === ',' ? [GROUPED, GROUPED_BY_TWO] : [GROUPED]
  return forms.map(({ source }) => new RegExp(source.replaceAll('g', escaped)))
}

function twoReadings(mark: '.' | ','): { readonly expected: string } {
  return {
    expected: `a declared mark: set formats.groupSeparator to "${mark}" if the ${MARK_NAMES[mark]} groups digits, or formats.decimalSeparator to "${mark}" if decimals follow it`,
  }
}
