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

const WORDS = {
  country:
    "There's a problem with this country, even though it may appear correct. Please select a country/territory from the list of valid countries.: ",
  state:
    "There's a problem with this state, even though it may appear correct. Please select a state from the list of valid states.: ",
  stateCode: "The existing country/territory doesn't recognize the state value for field: ",
  countryMissing: 'A country/territory must be specified before specifying a state value for field: ',
  mismatch: 'Mismatched integration value and ISO code for field: ',
} as const

/** The field of a part of an address by its name, and that of its code. */
type Part = { readonly text: FieldSchema; readonly code: FieldSchema }

function partNamed({ fieldsByName }: ObjectSchema, name: string): Part | undefined {
  const [text, code] = [fieldsByName.get(name.toLowerCase()), fieldsByName.get(`${name}code`.toLowerCase())]
  return text === undefined || code === undefined ? undefined : { text, code }
}

function integrity(words: string, { name, label }: FieldSchema): RecordError {
  return recordError('FIELD_INTEGRITY_EXCEPTION', words + label, [name])
}

/** What a request gives a part of an address; without both, the stored code is given. */
function given({ text, code }: Part, { sent, before }: Write) {
  const [sentCode, sentText] = [sent(code.name), sent(text.name)]
  if (sentCode === undefined && sentText === undefined) return { code: before(code.name), text: '' }
  return { code: sentCode ?? '', text: sentText ?? '' }
}

/** The place that a request names by its code, its name or both; undefined for none. */
function placeOf<T extends Place>(
  places: readonly T[],
  part: Part,
  write: Write,
  unlisted: { readonly text: string; readonly code: string },
): T | RecordError | undefined {
  const { code, text } = given(part, write)
  const isNamed = ({ label }: Place) => label.toLowerCase() === text.toLowerCase()
  if (code === '') {
    if (text === '') return undefined
    return places.find(isNamed) ?? integrity(unlisted.text, part.text)
  }
  const place = places.find(({ code: known }) => known === code)
  if (place === undefined) return integrity(unlisted.code, part.code)
  return text === '' || isNamed(place) ? place : integrity(WORDS.mismatch, part.text)
}

function isRejected(place: Place | RecordError | undefined): place is RecordError {
  return place !== undefined && 'statusCode' in place
}

function addressOf(schema: ObjectSchema, prefix: string, write: Write): Stored | RecordError {
  const parts = { country: partNamed(schema, `${prefix}Country`), state: partNamed(schema, `${prefix}State`) }
  if (parts.country === undefined || parts.state === undefined) return []
  const fields = [parts.country.text, parts.country.code, parts.state.text, parts.state.code]
  if (fields.every(({ name }) => write.sent(name) === undefined)) return []
  const country = placeOf<Country>(COUNTRIES, parts.country, write, { text: WORDS.country, code: WORDS.country })
  if (isRejected(country)) return country
  const unlisted =
    country === undefined
      ? { text: WORDS.countryMissing, code: WORDS.countryMissing }
      : { text: WORDS.state, code: WORDS.stateCode }
  const state = placeOf<Place>(country?.states ?? [], parts.state, write, unlisted)
  if (isRejected(state)) return state
  return [
    [parts.country.text.name, country?.label ?? ''],
    [parts.country.code.name, country?.code ?? ''],
    [parts.state.text.name, state?.label ?? ''],
    [parts.state.code.name, state?.code ?? ''],
  ]
}

/**
 * The countries and states of a record, by name and by code, in an org with state and country picklists; or the error of the first one
 * that is not listed, or not of its country. A name must be that of the list: a code in its place is rejected.
 * Words: SalesforceFoundation/NPSP#994, #2432 and other reports of the same exceptions.
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
