import { picklist } from './fieldBuilders.ts'
import { partOf, restricted } from './fieldTraits.ts'
import { withFields } from './objectBuilder.ts'
import type { FieldSchema, ObjectSchema, PicklistValue } from './types.ts'

type Place = { readonly code: string; readonly label: string }

/** A country of the picklists, with its states. */
export type Country = Place & { readonly states: readonly Place[] }

function country(code: string, label: string, states: Readonly<Record<string, string>> = {}): Country {
  return { code, label, states: Object.entries(states).map(([key, name]) => ({ code: key, label: name })) }
}

/** A part of the list of a new org. The code WA is that of two states. */
export const COUNTRIES: readonly Country[] = [
  country('AU', 'Australia', { NSW: 'New South Wales', QLD: 'Queensland', VIC: 'Victoria', WA: 'Western Australia' }),
  country('CA', 'Canada', { AB: 'Alberta', BC: 'British Columbia', ON: 'Ontario', QC: 'Quebec' }),
  country('DE', 'Germany'),
  country('IT', 'Italy', { MI: 'Milano', RM: 'Roma', TO: 'Torino' }),
  country('US', 'United States', { CA: 'California', NY: 'New York', TX: 'Texas', WA: 'Washington' }),
]

const CODE_LENGTH = 10

function value({ code, label }: Place, validFor: string | null = null): PicklistValue {
  return { active: true, defaultValue: false, label, validFor, value: code }
}

// One bit for each country, the highest bit first, in base64: the form of `validFor` in describe.
function onlyFor(index: number): string {
  const bytes = Buffer.alloc(Math.ceil(COUNTRIES.length / 24) * 3)
  bytes[index >> 3] = 0x80 >> (index & 7)
  return bytes.toString('base64')
}

const countryValues = COUNTRIES.map(place => value(place))
const stateValues = COUNTRIES.flatMap(({ states }, index) => states.map(state => value(state, onlyFor(index))))

function codesOf({ name }: FieldSchema): readonly FieldSchema[] {
  const prefix = name.replace(/Address$/, '')
  const label = prefix.replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
  const part = partOf(name)
  const controlled = { controllerName: `${prefix}CountryCode`, dependentPicklist: true }
  return [
    picklist(
      `${prefix}StateCode`,
      `${label} State/Province Code`.trim(),
      CODE_LENGTH,
      stateValues,
      restricted,
      part,
      controlled,
    ),
    picklist(`${prefix}CountryCode`, `${label} Country Code`.trim(), CODE_LENGTH, countryValues, restricted, part),
  ]
}

/**
 * An object in an org with state and country picklists: each address has the codes besides the names.
 * https://help.salesforce.com/s/articleView?id=sf.admin_state_country_picklists_overview.htm
 */
export function withAddressPicklists(schema: ObjectSchema): ObjectSchema {
  const addresses = schema.fields.filter(({ type }) => type === 'address')
  return addresses.length === 0 ? schema : withFields(schema, [...schema.fields, ...addresses.flatMap(codesOf)])
}
