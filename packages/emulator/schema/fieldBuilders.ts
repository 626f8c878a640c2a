import { fieldDefaults } from './fieldDefaults.ts'
import { type FieldTrait, partOf, restricted, system, values } from './fieldTraits.ts'
import type { FieldSchema, PicklistValue } from './types.ts'

// UTF-8 takes up to three bytes for a character of the Basic Multilingual Plane: describe reports the worst case.
const BYTES_PER_CHARACTER = 3

function field(
  type: FieldSchema['type'],
  name: string,
  label: string,
  ofType: FieldTrait,
  traits: readonly FieldTrait[],
): FieldSchema {
  const custom = name.endsWith('__c')
  return Object.assign({ ...fieldDefaults, type, name, label, custom }, ofType, ...traits)
}

function ofLength(length: number): FieldTrait {
  return { length, byteLength: length * BYTES_PER_CHARACTER }
}

const notComparable: FieldTrait = { aggregatable: false, filterable: false, groupable: false, sortable: false }

/** The record id, the first field of every object. */
export function id(label: string): FieldSchema {
  return field('id', 'Id', label, { soapType: 'tns:ID', length: 18, byteLength: 18, idLookup: true, ...system }, [])
}

/** A checkbox: never empty, false by default. */
export function boolean(name: string, label: string, ...traits: readonly FieldTrait[]): FieldSchema {
  const ofType = { soapType: 'xsd:boolean', aggregatable: false, defaultValue: false, nillable: false }
  return field('boolean', name, label, { ...ofType, defaultedOnCreate: true }, traits)
}

export function string(name: string, label: string, length: number, ...traits: readonly FieldTrait[]): FieldSchema {
  return field('string', name, label, ofLength(length), traits)
}

/** A long text: cannot be filtered, grouped or sorted by. */
export function longText(name: string, label: string, length: number, ...traits: readonly FieldTrait[]): FieldSchema {
  return field(
    'textarea',
    name,
    label,
    { ...ofLength(length), ...notComparable, extraTypeInfo: 'plaintextarea' },
    traits,
  )
}

/** A text of several lines and at most 255 characters. */
export function shortText(name: string, label: string, ...traits: readonly FieldTrait[]): FieldSchema {
  return field('textarea', name, label, { ...ofLength(255), extraTypeInfo: 'plaintextarea' }, traits)
}

export function phone(name: string, label: string, ...traits: readonly FieldTrait[]): FieldSchema {
  return field('phone', name, label, ofLength(40), traits)
}

export function email(name: string, label: string, ...traits: readonly FieldTrait[]): FieldSchema {
  return field('email', name, label, ofLength(80), traits)
}

export function url(name: string, label: string, ...traits: readonly FieldTrait[]): FieldSchema {
  return field('url', name, label, ofLength(255), traits)
}

/** A picklist; its API values are at most `length` characters long (standard ones 40 or 255, custom ones 255). */
export function picklist(
  name: string,
  label: string,
  length: number,
  picklistValues: readonly PicklistValue[],
  ...traits: readonly FieldTrait[]
): FieldSchema {
  const defaultValue = picklistValues.find(entry => entry.defaultValue)?.value ?? null
  return field('picklist', name, label, { ...ofLength(length), picklistValues, defaultValue }, traits)
}

/** A multi-select picklist; its values are separated by semicolons. */
export function multipicklist(
  name: string,
  label: string,
  picklistValues: readonly PicklistValue[],
  ...traits: readonly FieldTrait[]
): FieldSchema {
  const ofType = { ...ofLength(4099), aggregatable: false, groupable: false, sortable: false, picklistValues }
  return field('multipicklist', name, label, { ...ofType, precision: 4 }, traits)
}

function decimal(precision: number, scale: number): FieldTrait {
  return {
    soapType: 'xsd:double',
    groupable: false,
    precision,
    scale,
  }
}

export function double(
  name: string,
  label: string,
  precision: number,
  scale: number,
  ...traits: readonly FieldTrait[]
) {
  return field('double', name, label, decimal(precision, scale), traits)
}

export function currency(name: string, label: string, scale: number, ...traits: readonly FieldTrait[]): FieldSchema {
  return field('currency', name, label, decimal(18, scale), traits)
}

export function percent(
  name: string,
  label: string,
  precision: number,
  scale: number,
  ...traits: readonly FieldTrait[]
) {
  return field('percent', name, label, decimal(precision, scale), traits)
}

export function int(name: string, label: string, ...traits: readonly FieldTrait[]): FieldSchema {
  return field('int', name, label, { soapType: 'xsd:int', digits: 8 }, traits)
}

export function date(name: string, label: string, ...traits: readonly FieldTrait[]): FieldSchema {
  return field('date', name, label, { soapType: 'xsd:date' }, traits)
}

export function datetime(name: string, label: string, ...traits: readonly FieldTrait[]): FieldSchema {
  return field('datetime', name, label, { soapType: 'xsd:dateTime', groupable: false }, traits)
}

export function time(name: string, label: string, ...traits: readonly FieldTrait[]): FieldSchema {
  return field('time', name, label, { soapType: 'xsd:time', aggregatable: false }, traits)
}

/** The content of a file. */
export function base64(name: string, label: string, ...traits: readonly FieldTrait[]): FieldSchema {
  return field('base64', name, label, { soapType: 'xsd:base64Binary', ...notComparable }, traits)
}

/** A lookup. The relationship name of a custom lookup includes its `__r`. */
export function reference(
  name: string,
  label: string,
  referenceTo: string | readonly string[],
  relationshipName: string | null,
  ...traits: readonly FieldTrait[]
): FieldSchema {
  const targets = typeof referenceTo === 'string' ? [referenceTo] : referenceTo
  const ofType = { soapType: 'tns:ID', length: 18, byteLength: 18, searchPrefilterable: true }
  return field('reference', name, label, { ...ofType, referenceTo: targets, relationshipName }, traits)
}

/** A lookup to a user without search prefilter. */
export function userReference(name: string, label: string, relationshipName: string, ...traits: readonly FieldTrait[]) {
  return reference(name, label, 'User', relationshipName, { searchPrefilterable: false }, ...traits)
}

const accuracies = values(
  'Address',
  'NearAddress',
  'Block',
  'Street',
  'ExtendedZip',
  'Zip',
  'Neighborhood',
  'City',
  'County',
  'State',
  'Unknown',
)

/**
 * The three fields of a geolocation, of which the two parts can be written. `name` ends with `__c`.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/compound_fields_geolocation.htm
 */
export function geolocation(name: string, label: string, scale: number): readonly FieldSchema[] {
  const own = { ...partOf(name), custom: true }
  const part = (of: string) => double(name.replace(/c$/, `${of}__s`), `${label} (${of})`, 18, scale, own)
  const ofCompound = { soapType: 'urn:location', createable: false, updateable: false, queryByDistance: true }
  return [
    part('Latitude'),
    part('Longitude'),
    field('location', name, label, { ...ofCompound, ...notComparable, filterable: true }, []),
  ]
}

/** The nine fields of an address. Their names start with `prefix` (`Mailing`), their labels with `prefix` and a space. */
export function address(prefix: string): readonly FieldSchema[] {
  const compound = `${prefix}Address`
  const part = partOf(compound)
  const labelled = (label: string) => (prefix === '' ? label : `${prefix} ${label}`)
  const ofCompound = { soapType: 'urn:address', createable: false, updateable: false, queryByDistance: true }
  return [
    shortText(`${prefix}Street`, labelled('Street'), part),
    string(`${prefix}City`, labelled('City'), 40, part),
    string(`${prefix}State`, labelled('State/Province'), 80, part),
    string(`${prefix}PostalCode`, labelled('Zip/Postal Code'), 20, part),
    string(`${prefix}Country`, labelled('Country'), 80, part),
    double(`${prefix}Latitude`, labelled('Latitude'), 18, 15, part),
    double(`${prefix}Longitude`, labelled('Longitude'), 18, 15, part),
    picklist(`${prefix}GeocodeAccuracy`, labelled('Geocode Accuracy'), 40, accuracies, part, restricted),
    field('address', compound, labelled('Address'), { ...ofCompound, ...notComparable, filterable: true }, []),
  ]
}
