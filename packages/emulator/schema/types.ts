/** Every field type of the REST API's describe answer that this org uses. */
const fieldTypes = [
  'id',
  'reference',
  'boolean',
  'string',
  'textarea',
  'picklist',
  'multipicklist',
  'combobox',
  'phone',
  'email',
  'url',
  'double',
  'currency',
  'percent',
  'int',
  'date',
  'datetime',
  'time',
  'address',
  'base64',
  'location',
] as const

export type FieldType = (typeof fieldTypes)[number]

/** One value of a picklist, as describe lists it. The API uses `value`; people see `label`. */
export type PicklistValue = {
  readonly active: boolean
  readonly defaultValue: boolean
  readonly label: string
  readonly validFor: string | null
  readonly value: string
}

/**
 * One field of an object: all 57 keys of describe's answer, and nothing else, so that describe can return it unchanged.
 * `length` counts characters, `byteLength` bytes; `precision` counts all digits, `scale` those after the point, `digits` those of an int.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm
 */
export type FieldSchema = {
  readonly aggregatable: boolean
  readonly aiPredictionField: boolean
  readonly autoNumber: boolean
  readonly byteLength: number
  readonly calculated: boolean
  readonly calculatedFormula: string | null
  readonly cascadeDelete: boolean
  readonly caseSensitive: boolean
  readonly compoundFieldName: string | null
  readonly controllerName: string | null
  readonly createable: boolean
  readonly custom: boolean
  readonly defaultValue: string | boolean | number | null
  readonly defaultValueFormula: string | null
  readonly defaultedOnCreate: boolean
  readonly dependentPicklist: boolean
  readonly deprecatedAndHidden: boolean
  readonly digits: number
  readonly displayLocationInDecimal: boolean
  readonly encrypted: boolean
  readonly externalId: boolean
  readonly extraTypeInfo: string | null
  readonly filterable: boolean
  readonly filteredLookupInfo: null
  readonly formulaTreatNullNumberAsZero: boolean
  readonly groupable: boolean
  readonly highScaleNumber: boolean
  readonly htmlFormatted: boolean
  readonly idLookup: boolean
  readonly inlineHelpText: string | null
  readonly label: string
  readonly length: number
  readonly mask: string | null
  readonly maskType: string | null
  readonly name: string
  readonly nameField: boolean
  readonly namePointing: boolean
  readonly nillable: boolean
  readonly permissionable: boolean
  readonly picklistValues: readonly PicklistValue[]
  readonly polymorphicForeignKey: boolean
  readonly precision: number
  readonly queryByDistance: boolean
  readonly referenceTargetField: string | null
  readonly referenceTo: readonly string[]
  readonly relationshipName: string | null
  readonly relationshipOrder: number | null
  readonly restrictedDelete: boolean
  readonly restrictedPicklist: boolean
  readonly scale: number
  readonly searchPrefilterable: boolean
  readonly soapType: string
  readonly sortable: boolean
  readonly type: FieldType
  readonly unique: boolean
  readonly updateable: boolean
  readonly writeRequiresMasterRead: boolean
}

/** The child relationship of a lookup: the object and field that refer to this object, and the name for child sub-queries. */
export type ChildRelationship = {
  readonly childSObject: string
  readonly field: string
  readonly relationshipName: string | null
  readonly cascadeDelete: boolean
  readonly restrictedDelete: boolean
}

/** The keys of an object in describe global, besides its names. */
export type ObjectAbilities = {
  readonly compactLayoutable: boolean
  readonly createable: boolean
  readonly deepCloneable: boolean
  readonly deletable: boolean
  readonly feedEnabled: boolean
  readonly layoutable: boolean
  readonly mergeable: boolean
  readonly mruEnabled: boolean
  readonly queryable: boolean
  readonly replicateable: boolean
  readonly retrieveable: boolean
  readonly searchLayoutable: boolean
  readonly searchable: boolean
  readonly triggerable: boolean
  readonly undeletable: boolean
  readonly updateable: boolean
}

/** A subset of an object's records in lists, for example `mine`: "My contacts". */
export type SupportedScope = { readonly label: string; readonly name: string }

/** One object of the org. `fieldsByName` and every other lookup by name use the name in lower case: API names ignore case. */
export type ObjectSchema = ObjectAbilities & {
  readonly name: string
  readonly label: string
  readonly labelPlural: string
  /** The first three characters of the object's record ids. */
  readonly keyPrefix: string
  readonly custom: boolean
  readonly fields: readonly FieldSchema[]
  readonly fieldsByName: ReadonlyMap<string, FieldSchema>
  /** The fields of a lookup by relationship name in lower case: `account` finds `AccountId`. */
  readonly fieldsByRelationship: ReadonlyMap<string, FieldSchema>
  readonly childRelationships: readonly ChildRelationship[]
  readonly supportedScopes: readonly SupportedScope[]
}
