// Wire types of sObject describe, only the keys read here.
// https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm

const FIELD_TYPES = [
  'id',
  'boolean',
  'reference',
  'string',
  'picklist',
  'multipicklist',
  'textarea',
  'double',
  'int',
  'long',
  'currency',
  'percent',
  'date',
  'datetime',
  'time',
  'email',
  'phone',
  'url',
  'combobox',
  'address',
  'location',
  'base64',
  'encryptedstring',
  'anyType',
  'complexvalue',
  'datacategorygroupreference',
] as const
export type FieldType = (typeof FIELD_TYPES)[number]

/** A value of a picklist. */
export type PicklistValue = {
  /** As the API writes it. */
  readonly value: string
  readonly active: boolean
  /** What people see, where that is another text. */
  readonly label?: string
  /** For which values of the controlling field it is valid: a bit for each, the highest first, in base64. */
  readonly validFor?: string
}

/** A record type of an object. */
export type RecordTypeInfo = {
  readonly recordTypeId: string
  readonly developerName: string
  readonly name: string
  readonly active: boolean
  /** The record type that every object has, which no record shows. */
  readonly master: boolean
}

export type FieldDescribe = {
  readonly name: string
  readonly label: string
  readonly type: FieldType
  /** Characters; 0 where it does not apply. */
  readonly length: number
  readonly precision: number
  readonly scale: number
  readonly digits: number
  readonly nillable: boolean
  readonly createable: boolean
  readonly updateable: boolean
  readonly defaultedOnCreate: boolean
  readonly externalId: boolean
  readonly idLookup: boolean
  readonly unique: boolean
  readonly caseSensitive: boolean
  readonly filterable: boolean
  readonly restrictedPicklist: boolean
  readonly picklistValues: readonly PicklistValue[]
  /** Of a dependent picklist: the field that decides which values are valid. */
  readonly controllerName?: string
  readonly referenceTo: readonly string[]
  readonly relationshipName: string | null
}

export type ObjectDescribe = {
  readonly name: string
  readonly label: string
  readonly keyPrefix: string | null
  readonly createable: boolean
  readonly updateable: boolean
  readonly deletable: boolean
  readonly queryable: boolean
  readonly recordTypes: readonly RecordTypeInfo[]
  readonly fields: readonly FieldDescribe[]
}
