// The mapping of a column with `values`, `unlisted` and `separator`: other values of the source for the values of a field.

import type { ColumnMapping } from '../../packages/client/contract/fieldMapping.ts'
import { didYouMean } from '../../packages/client/contract/nearestName.ts'
import { visibleText } from '../../packages/client/contract/visibleText.ts'
import { canonicalText, isBlank, trimValue } from './text.ts'
import { type FieldConverter, shownValue, type ValueContext, type ValueProblem } from './valueProblem.ts'

/** What separates the values of a multi-select picklist for Salesforce. */
const LIST_SEPARATOR = ';'

/** Whether the values of the column are other ones than those of the field, so that none is sent as it is written. */
export const isTranslated = ({ values, separator }: ColumnMapping): boolean =>
  values !== undefined || separator !== undefined

/** Compiles the conversion of the values of a column. @param convert that of the values of the field */
export function mappedConverter(
  context: ValueContext,
  mapping: ColumnMapping,
  convert: FieldConverter,
): FieldConverter {
  if (!isTranslated(mapping)) return convert
  const translate = compileTranslation(context, mapping)
  if (context.field.type === 'multipicklist') {
    const { separator = LIST_SEPARATOR } = mapping
    return raw => {
      const values: string[] = []
      for (const part of canonicalText(raw).split(separator)) {
        if (isBlank(part)) continue
        const value = translate(part)
        if (typeof value !== 'string') return value
        values.push(value)
      }
      const text = values.join(LIST_SEPARATOR)
      return isBlank(text) ? '' : convert(text)
    }
  }
  const converted = new Map<string, string | ValueProblem>()
  for (const value of [...Object.values(mapping.values ?? {}), ...unlistedValue(mapping)]) {
    converted.set(value, isBlank(value) ? '' : convert(value))
  }
  return raw => {
    const value = translate(raw)
    return typeof value === 'string' ? (converted.get(value) ?? convert(value)) : value
  }
}

/** The texts of the spec that are values of the field, each with its path below the mapping; blank ones are not. */
export function textsOf(mapping: ColumnMapping): readonly (readonly [path: readonly string[], text: string])[] {
  const { values = {}, default: blankValue } = mapping
  const texts = [
    ...Object.entries(values).map(([name, text]) => [['values', name], text] as const),
    ...unlistedValue(mapping).map(text => [['unlisted', 'value'], text] as const),
    ...(blankValue === undefined ? [] : [[['default'], blankValue] as const]),
  ]
  return texts.filter(([, text]) => !isBlank(text))
}

/** Compiles the reading of a cell as a value of the field, not yet in the form that is sent; a cell that is rejected stays as it is. */
export function compileReading(mapping: ColumnMapping): (raw: string) => string {
  const { values = {}, default: blankValue = '' } = mapping
  const find = compileFind(values)
  const [unlisted] = unlistedValue(mapping)
  return raw => (isBlank(raw) ? blankValue : (find(raw) ?? unlisted ?? trimValue(raw)))
}

const unlistedValue = ({ unlisted }: ColumnMapping): readonly string[] =>
  typeof unlisted === 'object' ? [unlisted.value] : []

/** Compiles the look-up of a value that is not blank. */
function compileTranslation(context: ValueContext, { values, unlisted = 'reject' }: ColumnMapping): FieldConverter {
  if (values === undefined) return raw => raw
  const find = compileFind(values)
  const reject = compileRejection(context, Object.keys(values))
  return raw => {
    const found = find(raw)
    if (found !== undefined) return found
    if (typeof unlisted === 'object') return unlisted.value
    return unlisted === 'keep' ? raw : reject(canonicalText(raw))
  }
}

/** Finds the entry of a value: the same text, else the one that differs only by letter case, if all such entries have one value. */
function compileFind(values: Readonly<Record<string, string>>): (raw: string) => string | undefined {
  const entries = Object.entries(values).map(([name, value]) => [canonicalText(name), value] as const)
  const exact = new Map(entries)
  const anyCase = new Map<string, string | undefined>()
  for (const [name, value] of entries) {
    const folded = name.toLowerCase()
    anyCase.set(folded, !anyCase.has(folded) || anyCase.get(folded) === value ? value : undefined)
  }
  return raw => {
    const text = canonicalText(raw)
    return exact.get(text) ?? anyCase.get(text.toLowerCase())
  }
}

/** Values that a message lists. */
const SHOWN_VALUES = 20

/** Messages that are kept: the search for the nearest value takes a millisecond in a long list, and many records have the same value. */
const KEPT_MESSAGES = 1_000

function compileRejection({ field, column }: ValueContext, names: readonly string[]): (given: string) => ValueProblem {
  const more = names.length > SHOWN_VALUES ? ` and ${names.length - SHOWN_VALUES} more` : ''
  const known = `${names.slice(0, SHOWN_VALUES).map(shownValue).join(', ')}${more}`
  const kept = new Map<string, ValueProblem>()
  return given => {
    const before = kept.get(given)
    if (before !== undefined) return before
    const meant = visibleText(didYouMean(given, names))
    const advice = `${meant}${meant === '' ? '; add' : ' Add'} it to values of the field, or set unlisted`
    const message = `${field.label}: value not listed: ${shownValue(given)}; known are ${known}${advice} (column ${column})`
    const problem: ValueProblem = { code: 'VALUE_NOT_LISTED', message }
    if (kept.size === KEPT_MESSAGES) kept.clear()
    kept.set(given, problem)
    return problem
  }
}
