import type { FieldDescribe } from '../salesforce/describe.ts'
import { canonicalText, isTooLong, textConverter, trimValue } from './text.ts'
import { type FieldConverter, shownValue, tooLong, type ValueProblem } from './valueProblem.ts'

/** A picklist value. A restricted picklist accepts active values in any letter case; they are sent as the org spells them. */
export function picklistConverter(field: FieldDescribe): FieldConverter {
  if (!field.restrictedPicklist) return textConverter(field)
  const find = activeValueFinder(field)
  return raw => find(raw) ?? badValue(field, raw)
}

/** Values separated by semicolons, each converted like a picklist value; blank and repeated values are left out. */
export function multipicklistConverter(field: FieldDescribe): FieldConverter {
  const find = field.restrictedPicklist ? activeValueFinder(field) : canonicalText
  return raw => {
    const values = new Set<string>()
    for (const part of raw.split(';')) {
      const trimmed = trimValue(part)
      if (trimmed === '') continue
      const value = find(trimmed)
      if (value === undefined) return badValue(field, trimmed)
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

function activeValueFinder(field: FieldDescribe): (raw: string) => string | undefined {
  const active = field.picklistValues.filter(({ active }) => active).map(({ value }) => value)
  const exact = new Set(active)
  // Of two values that differ only by case, the one that the org lists first wins.
  const anyCase = new Map(active.toReversed().map(value => [value.toLowerCase(), value]))
  return raw => {
    const text = canonicalText(raw)
    return exact.has(text) ? text : anyCase.get(text.toLowerCase())
  }
}

function badValue(field: FieldDescribe, raw: string): ValueProblem {
  return {
    code: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
    message: `${field.label}: bad value for restricted picklist field: ${shownValue(trimValue(raw))}`,
  }
}
