import { COUNTRIES, type Country } from '../schema/addressPicklists.ts'
import type { FieldSchema, ObjectSchema } from '../schema/types.ts'
import { type RecordError, recordError } from '../values/recordError.ts'

/** A record before it is written. */
type Write = {
  /** The value that the request gives a field: '' to clear it, undefined to leave it. */
  readonly sent: (fieldName: string) => string | undefined
  readonly before: (fieldName: string) => string
}

type Place = { readonly code: string; readonly label: string }
type Stored = readonly (readonly [fieldName: string, text: string])[]

function integrity(message: string, { name, label }: FieldSchema): RecordError {
  return recordError('FIELD_INTEGRITY_EXCEPTION', `${message}: ${label}`, [name])
}

const WORDS = {
  country:
    "There's a problem with this country, even though it may appear correct. Please select a country/territory from the list of valid countries.",
  state:
    "There's a problem with this state, even though it may appear correct. Please select a state from the list of valid states.",
  countryMissing: 'A country/territory must be specified before specifying a state value for field',
} as const

/** The place that a request names by its code or its name; null when it names one that is not listed, undefined for none. */
function placeOf<T extends Place>(places: readonly T[], { sent, before }: Write, text: string, code: string) {
  const [sentCode, sentText] = [sent(code), sent(text)]
  const isUnchanged = sentCode === undefined && sentText === undefined
  const givenCode = isUnchanged ? before(code) : (sentCode ?? '')
  const givenText = isUnchanged ? '' : (sentText ?? '')
  if (givenCode !== '') return places.find(place => place.code === givenCode) ?? null
  if (givenText === '') return undefined
  return places.find(({ label }) => label.toLowerCase() === givenText.toLowerCase()) ?? null
}

function addressOf(schema: ObjectSchema, prefix: string, write: Write): Stored | RecordError {
  const names = { country: `${prefix}Country`, state: `${prefix}State` }
  const codes = { country: `${prefix}CountryCode`, state: `${prefix}StateCode` }
  const [countryField, stateField] = [names.country, names.state].map(name =>
    schema.fieldsByName.get(name.toLowerCase()),
  )
  if (countryField === undefined || stateField === undefined) return []
  const sent = [...Object.values(names), ...Object.values(codes)].filter(name => write.sent(name) !== undefined)
  if (sent.length === 0) return []
  const country: Country | null | undefined = placeOf(COUNTRIES, write, names.country, codes.country)
  if (country === null) return integrity(WORDS.country, countryField)
  const state = placeOf(country?.states ?? [], write, names.state, codes.state)
  if (state === null) return integrity(country === undefined ? WORDS.countryMissing : WORDS.state, stateField)
  return [
    [names.country, country?.label ?? ''],
    [codes.country, country?.code ?? ''],
    [names.state, state?.label ?? ''],
    [codes.state, state?.code ?? ''],
  ]
}

/**
 * The countries and states of a record, by name and by code, in an org with state and country picklists; or the error of the first one
 * that is not listed. A name must be that of the list: a code in its place is rejected.
 * Words: SalesforceFoundation/NPSP#994 and other reports of the same exceptions.
 */
export function placesOf(schema: ObjectSchema, write: Write): Stored | RecordError {
  const stored: (readonly [string, string])[] = []
  for (const { type, name } of schema.fields) {
    if (type !== 'address') continue
    const places = addressOf(schema, name.replace(/Address$/, ''), write)
    if ('statusCode' in places) return places
    stored.push(...places)
  }
  return stored
}
