// The codes of states in an org with state and country picklists: the country of the same record decides what a name or a code means.
// https://help.salesforce.com/s/articleView?id=xcloud.state_country_and_territory_picklist_fields.htm
import type { ColumnMapping } from '../../packages/client/contract/fieldMapping.ts'
import type { ValueFormats } from '../../packages/client/contract/syncSpec.ts'
import type { FieldDescribe, PicklistValue } from '../salesforce/describe.ts'
import { isAddressCode, picklistConverter } from './picklist.ts'
import { canonicalText } from './text.ts'
import { mappedConverter } from './valueMap.ts'
import { type FieldConverter, shownValue, type ValueContext, type ValueProblem } from './valueProblem.ts'

/** Converts a value by that of the controlling field of the same record, as it is sent. */
export type DependentConverter = (raw: string, controlling: string | ValueProblem) => string | ValueProblem

/** Whether the field has the codes of states, and describe lists the countries of each. */
export const hasCountries = (field: FieldDescribe): boolean =>
  isAddressCode(field) &&
  field.controllerName !== undefined &&
  field.picklistValues.some(({ validFor }) => validFor !== undefined)

/**
 * Compiles the conversion of states to their codes within a country: by code, else by the name in the language of the integration user.
 * Without a country a name means the only state that has it.
 */
export function stateConverter(
  context: ValueContext,
  mapping: ColumnMapping,
  country: FieldDescribe,
  formats: ValueFormats,
): DependentConverter {
  const without = mappedConverter(context, mapping, picklistConverter(context, formats))
  const byCountry = new Map<string, FieldConverter>()
  const known = new Set(country.picklistValues.map(({ value }) => value))
  return (raw, controlling) => {
    if (typeof controlling !== 'string' || !known.has(controlling)) return without(raw)
    const before = byCountry.get(controlling)
    if (before !== undefined) return before(raw)
    const convert = mappedConverter(context, mapping, within(context, controlling, country, formats))
    byCountry.set(controlling, convert)
    return convert(raw)
  }
}

/** Compiles the conversion of the states of one country. */
function within(
  { field, column }: ValueContext,
  country: string,
  { picklistValues: countries }: FieldDescribe,
  { picklistLabels = true }: ValueFormats,
): FieldConverter {
  const index = countries.findIndex(({ value }) => value === country)
  const states = field.picklistValues.filter(state => state.active && isValidFor(state, index))
  const find = (text: string, nameOf: (state: PicklistValue) => string | undefined) => [
    ...new Set(states.filter(state => canonicalText(nameOf(state) ?? '') === text).map(({ value }) => value)),
  ]
  const found = new Map<string, string | ValueProblem>()
  const convert = (text: string): string | ValueProblem => {
    const folded = text.toLowerCase()
    const labelled = picklistLabels ? find(folded, ({ label }) => label?.toLowerCase()) : []
    const codes = [find(text, ({ value }) => value), find(folded, ({ value }) => value.toLowerCase()), labelled]
    const [code, ...others] = codes.find(({ length }) => length > 0) ?? []
    return code !== undefined && others.length === 0 ? code : reject(text, others.length > 0)
  }
  const listed = states.slice(0, SHOWN_STATES).map(shownState).join(', ')
  const more = states.length > SHOWN_STATES ? ` and ${states.length - SHOWN_STATES} more` : ''
  const remedy = states.length === 0 ? 'the org lists none there: leave it blank' : `use one of ${listed}${more}`
  const reject = (text: string, isAmbiguous: boolean): ValueProblem => {
    const problem = isAmbiguous ? `the name of several states of ${country}` : `not a state of ${country}`
    const message = `${field.label}: ${problem}: ${shownValue(text)}; ${remedy} (column ${column})`
    return { code: 'FIELD_INTEGRITY_EXCEPTION', message }
  }
  return raw => {
    const text = canonicalText(raw)
    const before = found.get(text)
    if (before !== undefined) return before
    const value = convert(text)
    if (found.size === KEPT_VALUES) found.clear()
    found.set(text, value)
    return value
  }
}

/** States that a message lists, and values whose states are kept. */
const SHOWN_STATES = 20
const KEPT_VALUES = 1_000

const shownState = ({ value, label }: PicklistValue): string =>
  label === undefined ? shownValue(value) : `${shownValue(value)} (${shownValue(label)})`

/** One bit for each value of the controlling field, also for inactive ones. */
function isValidFor({ validFor = '' }: PicklistValue, index: number): boolean {
  const bits = Buffer.from(validFor, 'base64')
  return ((bits[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0
}
