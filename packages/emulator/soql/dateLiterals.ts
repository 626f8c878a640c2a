type Unit = 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR'

/** A span of time in epoch milliseconds; `end` is the first moment after it. */
export type TimeSpan = { readonly start: number; readonly end: number }

// The org's users are in GMT, and their week starts on Sunday, as in the locale en_US.
function startOf(unit: Unit, now: number, offset: number): number {
  const date = new Date(now)
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
  switch (unit) {
    case 'DAY':
      return Date.UTC(year, month, day + offset)
    case 'WEEK':
      return Date.UTC(year, month, day - date.getUTCDay() + 7 * offset)
    case 'MONTH':
      return Date.UTC(year, month + offset, 1)
    case 'QUARTER':
      return Date.UTC(year, month - (month % 3) + 3 * offset, 1)
    case 'YEAR':
      return Date.UTC(year + offset, 0, 1)
  }
}

const DAY_NAMES: Readonly<Record<string, number>> = { YESTERDAY: -1, TODAY: 0, TOMORROW: 1 }

const NAMED = /^(LAST|THIS|NEXT)_()(WEEK|MONTH|QUARTER|YEAR)$/
const NINETY_DAYS = /^(LAST|NEXT)_(90)_(DAY)S$/
const COUNTED = /^(LAST|NEXT)_(N)_(DAY|WEEK|MONTH|QUARTER|YEAR)S:(\d+)$/
const AGO = /^()(N)_(DAY|WEEK|MONTH|QUARTER|YEAR)S_AGO:(\d+)$/

/** First and last unit of the span, counted from the current one. */
function units(direction: string | undefined, counted: boolean, count: number, unit: Unit): readonly [number, number] {
  if (direction === '') return [-count, -count]
  if (direction === 'THIS') return [0, 0]
  if (direction === 'NEXT') return [1, count]
  // The last n days end now; the last n weeks, months… end before the current one.
  return [-count, counted && unit === 'DAY' ? 0 : -1]
}

/**
 * The span of time a date literal such as `TODAY` or `LAST_N_DAYS:7` covers; undefined for any other word.
 * Fiscal years are calendar years.
 * https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_dateformats.htm
 */
export function dateLiteralSpan(text: string, now: number): TimeSpan | undefined {
  const word = text.toUpperCase().replace('FISCAL_', '')
  const dayOffset = DAY_NAMES[word]
  if (dayOffset !== undefined) return { start: startOf('DAY', now, dayOffset), end: startOf('DAY', now, dayOffset + 1) }
  const match = NAMED.exec(word) ?? NINETY_DAYS.exec(word) ?? COUNTED.exec(word) ?? AGO.exec(word)
  if (match === null) return undefined
  const [, direction, counted, unitName, digits] = match
  const unit = unitName as Unit
  const count = counted === '90' ? 90 : Number(digits ?? 1)
  const [first, last] = units(direction, counted !== '', count, unit)
  return { start: startOf(unit, now, first), end: startOf(unit, now, last + 1) }
}

/** `2026-11-25`, the stored form of a date. */
export function storedDate(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString().slice(0, 10)
}

/** `2026-11-25T10:00:00.000+0000`, the stored form of a datetime. */
export function storedDatetime(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString().replace('Z', '+0000')
}

/** `10:00:00.000Z`, the stored form of a time of day. */
export function storedTime(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString().slice(11)
}
