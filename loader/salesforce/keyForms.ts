import type { FieldDescribe, FieldType } from './describe.ts'
import { soqlString } from './soql.ts'

/** A field by which records are found. */
export type KeyField = Pick<FieldDescribe, 'name' | 'type' | 'caseSensitive'>

/** How values of a key field are written in SOQL, and when two of them identify the same record. */
export type KeyForm = {
  /** The value in a condition; undefined for a value that no record can have, which would fail the whole query. */
  literal(value: string): string | undefined
  /** Equal for equal keys, whether they come from the source or from the org. */
  canonical(value: unknown): string
  /**
   * Present where the canonical form of a value in ASCII is the value without blanks at its ends: `exact`, or `folded` to small letters. Then every
   * value of up to `MAX_KEY_LENGTH` characters that is not blank has a literal. `id`: the first 15 of 15 or 18 letters and digits.
   */
  readonly ascii?: 'exact' | 'folded' | 'id'
}

/** Characters of the longest text field that can be filtered on. */
export const MAX_KEY_LENGTH = 255

const plain = (value: unknown): string => String(value ?? '').trim()

const textForm = (caseSensitive: boolean): KeyForm => ({
  literal: value => {
    const trimmed = plain(value)
    return trimmed === '' || trimmed.length > MAX_KEY_LENGTH ? undefined : soqlString(trimmed)
  },
  // Salesforce compares text without regard to case unless the field says otherwise.
  canonical: value => {
    const composed = plain(value).normalize('NFC')
    return caseSensitive ? composed : composed.toLowerCase()
  },
  ascii: caseSensitive ? 'exact' : 'folded',
})

/** Characters of an Id without its checksum, which some sources leave out. */
export const SIGNIFICANT = 15

const idForm: KeyForm = {
  literal: value => (/^([A-Za-z0-9]{15}|[A-Za-z0-9]{18})$/.test(plain(value)) ? soqlString(plain(value)) : undefined),
  canonical: value => plain(value).slice(0, SIGNIFICANT),
  ascii: 'id',
}

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i

/** Significant digits that every number with so many keeps in a double, in which the org gives numbers. */
const EXACT_DIGITS = 15

/** Whether a double holds the number as it is written: of longer ones several are one double, so a key would find the record of another. */
function isExact(text: string): boolean {
  if (Number.isSafeInteger(Number(text))) return true
  const [mantissa = ''] = text.toLowerCase().split('e')
  return mantissa.replace(/\D/g, '').replace(/^0+/, '').length <= EXACT_DIGITS
}

const numberForm = (isRounded: boolean): KeyForm => ({
  literal: value => {
    const text = plain(value)
    return DECIMAL.test(text) && (isRounded || isExact(text)) ? String(Number(text)) : undefined
  },
  // The org spells numbers in several ways: 12.0, 3.5E8.
  canonical: value => (DECIMAL.test(plain(value)) ? String(Number(plain(value))) : plain(value)),
})

const dateForm: KeyForm = {
  literal: value => (/^\d{4}-\d{2}-\d{2}$/.test(plain(value)) ? plain(value) : undefined),
  canonical: plain,
}

const milliseconds = (value: unknown): number => Date.parse(plain(value).replace(/([+-]\d{2})(\d{2})$/, '$1:$2'))

/** Literals of dates and times are not quoted; the org stores whole seconds. */
const datetimeForm: KeyForm = {
  literal: value => {
    const time = milliseconds(value)
    return Number.isNaN(time) ? undefined : new Date(time).toISOString()
  },
  canonical: value => {
    const time = milliseconds(value)
    return Number.isNaN(time) ? plain(value) : String(Math.floor(time / 1000))
  },
}

const booleanForm: KeyForm = {
  literal: value => (/^(true|false)$/i.test(plain(value)) ? plain(value).toLowerCase() : undefined),
  canonical: value => plain(value).toLowerCase(),
}

export const NUMBERS: ReadonlySet<FieldType> = new Set(['double', 'currency', 'percent', 'int', 'long'])

const FORMS: ReadonlyMap<FieldType, KeyForm> = new Map([
  ['id', idForm],
  ['reference', idForm],
  ['boolean', booleanForm],
  ['date', dateForm],
  ['datetime', datetimeForm],
])

const EXACT_NUMBER = numberForm(false)
const ROUNDED_NUMBER = numberForm(true)

type Keyed = Pick<KeyField, 'type' | 'caseSensitive'>

export const keyFormOf = (field: Keyed): KeyForm => (NUMBERS.has(field.type) ? EXACT_NUMBER : otherFormOf(field))

/** The same, but numbers that are one double are equal: for a source that has either of them, no record of the other is missing. */
export const roundedKeyFormOf = (field: Keyed): KeyForm =>
  NUMBERS.has(field.type) ? ROUNDED_NUMBER : otherFormOf(field)

const otherFormOf = ({ type, caseSensitive }: Keyed): KeyForm => FORMS.get(type) ?? textForm(caseSensitive)
