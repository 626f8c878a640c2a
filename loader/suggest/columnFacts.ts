// What the sampled values of a column look like.
import { NULL_WORDS } from '../mapping/sourceMarks.ts'
import { trimValue } from '../values/text.ts'

/** A column of the source with the values of its first records, blanks included, in the order of the rows. */
export type SampledColumn = { readonly name: string; readonly values: readonly string[] }

const VALUE_KINDS = ['email', 'url', 'recordId', 'date', 'number', 'phone', 'text'] as const
export type ValueKind = (typeof VALUE_KINDS)[number]

export type ColumnFacts = SampledColumn & {
  /** Trimmed, without blanks and marks for blanks. */
  readonly filled: readonly string[]
  /** Values that databases and programs write for none: `NULL`. */
  readonly blankMarks: readonly string[]
  readonly distinct: ReadonlySet<string>
  /** What most values are; undefined without values. */
  readonly kind: ValueKind | undefined
}

/** Share of values that decides what a column has. */
const MOST = 0.8

const FORMS: Readonly<Record<Exclude<ValueKind, 'text'>, RegExp>> = {
  email: /^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+$/,
  url: /^(https?:\/\/\S+|www\.\S+|[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}(\/\S*)?)$/i,
  recordId: /^[a-z0-9]{5}0[a-z0-9]{9}([a-z0-9]{3})?$/i,
  date: /^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2}(\d{2})?)([T ,]+\d{1,2}:\d\d.*)?$/,
  number: /^[-+(]?[€$£]? ?\d[\d.,' \u00a0\u202f]*\)?[-%]?( ?(€|\$|£|[A-Z]{3}))?$/,
  phone: /^[+(\d][\d\s().\-/+]{4,}\d( ?(x|ext\.?|#|-) ?\d+)?$/i,
}

export function factsOf(column: SampledColumn): ColumnFacts {
  const values = column.values.map(trimValue).filter(value => value !== '')
  const filled = values.filter(value => !NULL_WORDS.has(value))
  const blankMarks = [...new Set(values)].filter(value => NULL_WORDS.has(value))
  const kind = VALUE_KINDS.find(each => each === 'text' || isMostly(filled, value => hasForm(each, value)))
  return { ...column, filled, blankMarks, distinct: new Set(filled), kind: filled.length === 0 ? undefined : kind }
}

export const hasForm = (kind: Exclude<ValueKind, 'text'>, value: string): boolean => FORMS[kind].test(value)

/** Whether most of the values fit; false without values. */
export function isMostly(values: readonly string[], fits: (value: string) => boolean): boolean {
  return values.length > 0 && values.filter(fits).length >= values.length * MOST
}

/** The same for a column whose name is certain: one of three values may be wrong, which its row then shows. */
export function isMainly(values: readonly string[], fits: (value: string) => boolean): boolean {
  return isMostly(values, fits) || (values.length > 2 && values.filter(value => !fits(value)).length === 1)
}
