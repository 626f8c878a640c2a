import type { FieldSchema } from '../schema/types.ts'
import { javaNumber } from '../values/javaNumber.ts'
import type { StoredRecord } from './types.ts'

const ADDRESS_PARTS = [
  ['city', 'City'],
  ['country', 'Country'],
  ['countryCode', 'CountryCode'],
  ['geocodeAccuracy', 'GeocodeAccuracy'],
  ['latitude', 'Latitude'],
  ['longitude', 'Longitude'],
  ['postalCode', 'PostalCode'],
  ['state', 'State'],
  ['stateCode', 'StateCode'],
  ['street', 'Street'],
] as const

// Only in an org with state and country picklists.
const CODES: readonly string[] = ['countryCode', 'stateCode']

function addressOf(field: FieldSchema, record: StoredRecord) {
  const prefix = field.name.replace(/Address$/, '')
  const parts = ADDRESS_PARTS.map(([key, suffix]) => [key, record.get(prefix + suffix)] as const).filter(
    ([key, value]) => value !== null || !CODES.includes(key),
  )
  return parts.every(([, value]) => value === null) ? null : Object.fromEntries(parts)
}

function locationOf(field: FieldSchema, record: StoredRecord) {
  const [latitude, longitude] = ['Latitude', 'Longitude'].map(part =>
    record.get(field.name.replace(/c$/, `${part}__s`)),
  )
  return latitude == null || longitude == null ? null : { latitude, longitude }
}

/**
 * The value of a field as an answer shows it: an address and a location as an object of its parts, a double in Java's spelling, and in place of the
 * content of a file its path. `recordPath` is that of the record.
 */
export function shownValue(field: FieldSchema, record: StoredRecord, recordPath: () => string): unknown {
  if (field.type === 'address') return addressOf(field, record)
  if (field.type === 'location') return locationOf(field, record)
  const value = record.get(field.name)
  if (field.type === 'base64') return value === null ? null : `${recordPath()}/${field.name}`
  return typeof value === 'number' && field.soapType === 'xsd:double' ? javaNumber(value) : value
}
