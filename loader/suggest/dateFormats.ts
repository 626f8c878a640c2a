// In which patterns the dates of a source are written, as far as its values show.
import { compileDatePattern } from '../values/datePattern.ts'
import { parseIso } from '../values/isoText.ts'
import type { ColumnFacts } from './columnFacts.ts'

/** The dates of one column. */
export type ColumnDates = {
  readonly column: string
  /** Patterns that read all of its values and ISO 8601; several when its values do not decide. Empty when ISO 8601 reads them. */
  readonly patterns: readonly string[]
}

const SEPARATORS = ['.', '/', '-', ' '] as const
const TIMES = ['', ' HH:mm', ' HH:mm:ss', ' hh:mm a', ' hh:mm:ss a', ', HH:mm', ', hh:mm a'] as const

/** By the separator; with points the day always comes first. */
const DAYS = SEPARATORS.flatMap(mark => {
  const dayFirst = `dd${mark}MM${mark}yyyy`
  return mark === '.' ? [dayFirst] : [dayFirst, `MM${mark}dd${mark}yyyy`, `yyyy${mark}MM${mark}dd`]
})
const NAMED = ['d MMM yyyy', 'MMM d, yyyy', 'd-MMM-yyyy', 'EEE MMM dd yyyy'] as const

const PATTERNS = [...DAYS, ...NAMED].flatMap(day =>
  TIMES.map(time => ({ pattern: `${day}${time}`, read: compileDatePattern(`${day}${time}`) })),
)

/** How few values of a column may have another form. */
const MOST = 0.8

/** Values that decide which patterns are tried for the rest. */
const FIRST_VALUES = 20

/** What the values of dates may look like: those with the name of a month are text. */
const KINDS: readonly ColumnFacts['kind'][] = ['date', 'text']

/** The dates of a column; undefined when most of its values are no dates that can be read. */
export function datesOf({
  name,
  distinct,
  kind,
}: Pick<ColumnFacts, 'name' | 'distinct' | 'kind'>): ColumnDates | undefined {
  if (!KINDS.includes(kind)) return undefined
  const values = [...distinct]
  const others = values.filter(value => parseIso(value) === undefined)
  if (others.length <= values.length * (1 - MOST)) return { column: name, patterns: [] }
  const first = others.slice(0, FIRST_VALUES)
  const tried = PATTERNS.filter(({ read }) => first.some(value => read(value) !== undefined))
  const counted = tried.map(({ pattern, read }) => ({
    pattern,
    fits: others.filter(value => read(value) !== undefined).length,
  }))
  const most = Math.max(0, ...counted.map(({ fits }) => fits))
  if (most === 0 || most + values.length - others.length < values.length * MOST) return undefined
  return { column: name, patterns: counted.filter(({ fits }) => fits === most).map(({ pattern }) => pattern) }
}

/** Whether the values have years of two digits, which cannot be loaded. */
export const hasShortYears = (values: readonly string[]): boolean =>
  values.length > 0 && values.every(value => /^\d{1,2}[./-]\d{1,2}[./-]\d{2}( .*)?$/.test(value))

/**
 * The columns with fewer patterns: a column that does not decide between day and month takes the order that was chosen, else the order
 * of one that does decide, because one program has written both. If columns have both orders, one list of patterns cannot read them:
 * each then has all of their patterns.
 * @param chosen patterns that a person has chosen; a column that is written in the other order has none left
 */
export function decideDates(columns: readonly ColumnDates[], chosen: readonly string[] = []): readonly ColumnDates[] {
  const deciding = columns.filter(({ patterns }) => patterns.length === 1).flatMap(({ patterns }) => patterns)
  const orders = new Set((chosen.length > 0 ? chosen : deciding).flatMap(pattern => orderOf(pattern) ?? []))
  if (orders.size > 1) {
    const ordered = columns.filter(({ patterns }) => patterns.some(orderOf))
    const all = [...new Set(ordered.flatMap(({ patterns }) => patterns))]
    return columns.map(one => (ordered.includes(one) ? { ...one, patterns: all } : one))
  }
  return columns.map(({ column, patterns }) => {
    const left = patterns.filter(pattern => orders.size === 0 || orders.has(orderOf(pattern) ?? [...orders][0] ?? ''))
    return { column, patterns: left }
  })
}

/** Which of day and month comes first, in a pattern where both have digits. */
function orderOf(pattern = ''): string | undefined {
  if (/MMM|^yyyy/.test(pattern)) return undefined
  return pattern.startsWith('dd') ? 'day' : 'month'
}
