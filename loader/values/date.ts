import type { ValueFormats } from '../../packages/client/contract/syncSpec.ts'
import { areDigits, type ByteCheck, twoDigitsAt } from './byteCheck.ts'
import { compileDatePattern } from './datePattern.ts'
import { parseIso, twoDigits } from './isoText.ts'
import { trimValue } from './text.ts'
import { type FieldConverter, notInForm, type ValueContext } from './valueProblem.ts'
import { isDay, type WallClock, type WrittenTime } from './wallClock.ts'

// Salesforce accepts dates of the years 1700 to 4000.
// https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/primitive_data_types.htm
export const FIRST_YEAR = 1700
export const LAST_YEAR = 4000

const DASH = 45

const ISO_DATE = /^\d{4}-\d\d-\d\d/

/** `yyyy-MM-dd`, from ISO 8601 or the patterns of the spec. A time of day must be midnight without an offset. */
export function dateConverter(context: ValueContext, formats: ValueFormats): FieldConverter {
  const read = compileDateReader(formats)
  const expected = compileExpected('yyyy-MM-dd', formats)
  return raw => {
    const text = trimValue(raw)
    const clock = read(text)
    if (!clock) return notInForm(context, text, 'a date', expected(text))
    if (clock.year < FIRST_YEAR || clock.year > LAST_YEAR) {
      return notInForm(context, text, 'a date that Salesforce accepts', `a year from ${FIRST_YEAR} to ${LAST_YEAR}`)
    }
    return text.length === 10 && text.charCodeAt(4) === DASH ? text : dateText(clock)
  }
}

export const dateCheck: ByteCheck = (bytes, start, end) => end - start === 10 && isDateAt(bytes, start)

/** Whether a date that Salesforce accepts is there as `yyyy-MM-dd`. */
export function isDateAt(bytes: Uint8Array, at: number): boolean {
  if (bytes[at + 4] !== DASH || bytes[at + 7] !== DASH) return false
  if (!areDigits(bytes, at, at + 4) || !areDigits(bytes, at + 5, at + 7) || !areDigits(bytes, at + 8, at + 10))
    return false
  const year = twoDigitsAt(bytes, at) * 100 + twoDigitsAt(bytes, at + 2)
  return year >= FIRST_YEAR && year <= LAST_YEAR && isDay(year, twoDigitsAt(bytes, at + 5), twoDigitsAt(bytes, at + 8))
}

/** A day as spreadsheets store it: 45292 is 2024-01-01. */
const SERIAL_DAY = /^\d{5}(?:[.,]\d+)?$/

/** Compiles the words for what was expected in place of a text that is not a date. */
export function compileExpected(iso: string, { dates }: ValueFormats): (text: string) => string {
  const patterns =
    dates.length > 0
      ? [iso, ...dates].join(' or ')
      : `${iso}; declare other patterns in formats.dates, such as dd.MM.yyyy`
  return text =>
    SERIAL_DAY.test(text)
      ? `${patterns}; spreadsheets count days so: format the column as a date there and save the file again`
      : patterns
}

/** The date without the time or offset that answers may carry. */
export function dateKey(text: string): string {
  const trimmed = trimValue(text)
  if (trimmed.length > 10 && ISO_DATE.test(trimmed)) return trimmed.slice(0, 10)
  return trimmed
}

const dateText = ({ year, month, day }: WallClock): string => `${year}-${twoDigits(month)}-${twoDigits(day)}`

function compileDateReader(formats: ValueFormats): (text: string) => WallClock | undefined {
  const patterns = formats.dates.map(compileDatePattern)
  return text => {
    const iso = parseIso(text)
    if (iso) return dayOf(iso)
    for (const pattern of patterns) {
      const written = pattern(text)
      if (written) return dayOf(written)
    }
    return undefined
  }
}

/** undefined when a time of day or an offset would be lost. */
const dayOf = ({ clock, offset }: WrittenTime): WallClock | undefined =>
  offset === undefined && isMidnight(clock) ? clock : undefined

const isMidnight = ({ hour, minute, second }: WallClock): boolean => hour + minute + second === 0
