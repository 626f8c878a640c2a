import type { ValueFormats } from '../../packages/client/contract/syncSpec.ts'
import type { FieldDescribe } from '../salesforce/describe.ts'
import { type ByteCheck, type CheckContext, textCheck, wordCheck } from './byteCheck.ts'
import { canonicalText, isTooLong, textConverter, trimValue } from './text.ts'
import {
  type FieldConverter,
  notInForm,
  shownValue,
  tooLong,
  type ValueContext,
  type ValueProblem,
} from './valueProblem.ts'

/**
 * A picklist value. A restricted picklist accepts active values in any letter case; they are sent as the org spells them. Another
 * one accepts new values, but not the label of a value that it has: it would become a second value that looks the same. Where the
 * sync declares it, a label is read as its value; the codes of states and countries take their names unless it declares otherwise.
 */
export function picklistConverter(context: ValueContext, formats: ValueFormats): FieldConverter {
  const { field } = context
  const { picklistLabels = isAddressCode(field) } = formats
  const find = activeValueFinder(field)
  const toText = textConverter(field)
  const byLabel = valuesByLabel(field)
  const reject = compileBadValue(field, byLabel)
  return raw => {
    const text = canonicalText(raw)
    if (field.restrictedPicklist && !picklistLabels) return find(text) ?? reject(text)
    const labelled = byLabel.size > 0 && find(text) === undefined ? byLabel.get(text.toLowerCase()) : undefined
    if (picklistLabels && labelled?.length === 1) return labelled[0] as string
    if (field.restrictedPicklist) return find(text) ?? reject(text)
    return labelled === undefined
      ? toText(text)
      : notInForm(context, text, 'an API value', `${labelled.join(' or ')}, which has this label`)
  }
}

/** Values separated by semicolons, each converted like a picklist value; blank and repeated values are left out. */
export function multipicklistConverter(
  context: ValueContext,
  { picklistLabels = false }: ValueFormats,
): FieldConverter {
  const { field } = context
  const byLabel = valuesByLabel(field)
  const findActive = activeValueFinder(field)
  const find = (text: string): string | undefined => {
    const labelled =
      picklistLabels && findActive(text) === undefined ? byLabel.get(canonicalText(text).toLowerCase()) : []
    if (labelled?.length === 1) return labelled[0]
    return field.restrictedPicklist ? findActive(text) : canonicalText(text)
  }
  const reject = compileBadValue(field, byLabel)
  return raw => {
    const values = new Set<string>()
    for (const part of raw.split(';')) {
      const trimmed = trimValue(part)
      if (trimmed === '') continue
      const several = severalValues(trimmed, findActive)
      if (several !== undefined) {
        const expected = `semicolons between values: ${several}; or the separator that is declared beside the column`
        return notInForm(context, trimmed, 'a list of values', expected)
      }
      const value = find(trimmed)
      if (value === undefined) return reject(trimmed)
      values.add(value)
    }
    const text = [...values].join(';')
    return field.length > 0 && isTooLong(text, field.length) ? tooLong(field, text) : text
  }
}

/** Salesforce returns the values in the order of the picklist, so the order does not matter. */
export function multipicklistKey(text: string): string {
  const trimmed = canonicalText(text)
  if (!trimmed.includes(';')) return trimmed
  const values = trimmed.split(';').map(trimValue).filter(Boolean)
  return [...new Set(values)].sort().join(';')
}

/**
 * Compiles how the org spells the values of a picklist: those that differ from an active value only by letter case become that one.
 * undefined for a field of another type.
 */
export function compileSpelling(field: FieldDescribe): ((text: string) => string) | undefined {
  if (field.type !== 'picklist' && field.type !== 'multipicklist') return undefined
  const find = activeValueFinder(field)
  if (field.type === 'picklist') return text => find(text) ?? text
  return text =>
    multipicklistKey(
      text
        .split(';')
        .map(value => find(value) ?? value)
        .join(';'),
    )
}

export function picklistCheck(context: CheckContext): ByteCheck {
  const { field } = context
  const isAnyText = !field.restrictedPicklist && valuesByLabel(field).size === 0
  return isAnyText ? textCheck(context) : wordCheck(activeValues(field), context)
}

/** One value of the list. */
export function multipicklistCheck(context: CheckContext): ByteCheck {
  const single = activeValues(context.field).filter(value => !value.includes(';'))
  return wordCheck(single, context)
}

const ADDRESS_CODE = /(?:State|Country)Code(?:__s)?$/

/**
 * Whether the field has the codes of states or countries, in an org with state and country picklists. No code is the name of another
 * state or country, so names have one meaning.
 */
export const isAddressCode = ({ type, name }: FieldDescribe): boolean => type === 'picklist' && ADDRESS_CODE.test(name)

type Finder = (raw: string) => string | undefined

const activeValues = (field: FieldDescribe): readonly string[] =>
  field.picklistValues.filter(({ active }) => active).map(({ value }) => value)

function activeValueFinder(field: FieldDescribe): Finder {
  const active = activeValues(field)
  const exact = new Map(active.toReversed().map(value => [canonicalText(value), value]))
  // Of two values that differ only by case, the one that the org lists first wins.
  const anyCase = new Map(active.toReversed().map(value => [canonicalText(value).toLowerCase(), value]))
  return raw => {
    const text = canonicalText(raw)
    return exact.get(text) ?? anyCase.get(text.toLowerCase())
  }
}

// Characters of a text that is looked at for other separators, and the separators that people write.
const LONGEST_LIST = 1_000
const OTHER_SEPARATORS = /[,|/\n]/

/** The values of a text that has them all, written with another separator; undefined for one value, known or not. */
function severalValues(text: string, find: Finder): string | undefined {
  if (text.length > LONGEST_LIST || !OTHER_SEPARATORS.test(text) || find(text) !== undefined) return undefined
  const values = text.split(OTHER_SEPARATORS).map(trimValue).filter(Boolean).map(find)
  return values.length > 1 && values.every(value => value !== undefined) ? values.join(';') : undefined
}

/** Values that a message lists. */
const SHOWN_VALUES = 20

type ValuesByLabel = ReadonlyMap<string, readonly string[]>

/** API values by label in small letters, where the two differ. */
function valuesByLabel(field: FieldDescribe): ValuesByLabel {
  const labelled = field.picklistValues.flatMap(({ active, label, value }) =>
    active && label !== undefined ? [{ label: canonicalText(label).toLowerCase(), value }] : [],
  )
  const byLabel = Map.groupBy(labelled, ({ label }) => label)
  return new Map([...byLabel].map(([label, all]) => [label, [...new Set(all.map(({ value }) => value))]]))
}

function compileBadValue(field: FieldDescribe, byLabel: ValuesByLabel): (given: string) => ValueProblem {
  const active = field.picklistValues.filter(({ active }) => active)
  const listed = active.slice(0, SHOWN_VALUES).map(({ value }) => shownValue(value))
  const more = active.length > SHOWN_VALUES ? ` and ${active.length - SHOWN_VALUES} more` : ''
  const useOneOf = active.length === 0 ? '; it has no active value' : `; use one of ${listed.join(', ')}${more}`
  return given => {
    const values = byLabel.get(canonicalText(given).toLowerCase())
    const hint = values === undefined ? useOneOf : `; that is a label, its API value is ${values.join(' or ')}`
    const message = `${field.label}: bad value for restricted picklist field: ${shownValue(given)}${hint}`
    return { code: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', message }
  }
}
