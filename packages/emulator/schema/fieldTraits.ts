import type { FieldSchema, PicklistValue } from './types.ts'

/** Differences of a field from the default of its type. The builders of fieldBuilders.ts take any number; the last one wins. */
export type FieldTrait = Partial<FieldSchema>

/** Must have a value, and therefore cannot be hidden by permissions. */
export const required: FieldTrait = { nillable: false, permissionable: false }

/** Never empty: the org fills it in when the caller does not. */
export const defaulted: FieldTrait = { defaultedOnCreate: true }

/** Maintained by Salesforce; not writable. */
export const readOnly: FieldTrait = { createable: false, updateable: false, permissionable: false }

/** Like `readOnly`, but permissions may hide it. */
export const computed: FieldTrait = { createable: false, updateable: false }

/** Always present and visible: ids, owners, audit fields. */
export const system: FieldTrait = { ...readOnly, nillable: false, defaultedOnCreate: true }

/** Not subject to field-level security. */
export const alwaysVisible: FieldTrait = { permissionable: false }

export const createOnly: FieldTrait = { updateable: false }
export const updateOnly: FieldTrait = { createable: false }

/** The URL of a picture. */
export const image: FieldTrait = { extraTypeInfo: 'imageurl' }

/** The name field of a record. */
export const nameField: FieldTrait = { nameField: true, permissionable: false }

/** A part of a person's name. */
export const personName: FieldTrait = {
  compoundFieldName: 'Name',
  extraTypeInfo: 'personname',
  permissionable: false,
}

/** Usable as a key in upserts although it is not an External ID. */
export const idLookup: FieldTrait = { idLookup: true }

/** Cannot be used in WHERE or ORDER BY. */
export const notFilterable: FieldTrait = { filterable: false, sortable: false }

/** Accepts only the listed values. */
export const restricted: FieldTrait = { restrictedPicklist: true }

/** A part of a compound field such as an address. */
export function partOf(compoundFieldName: string): FieldTrait {
  return { compoundFieldName }
}

/** An External ID: a key of another system, usable in upserts; indexed, and unique only together with `unique`. */
export const externalId: FieldTrait = { externalId: true, idLookup: true }

/** No two records share a value; `Abc` and `abc` are the same value. */
export const unique: FieldTrait = { unique: true }

/** `Abc` and `abc` are two values. */
export const caseSensitive: FieldTrait = { caseSensitive: true }

/** Picklist values from short texts: `value`, or `value=label` where they differ; `*` at the end marks the default. */
export function values(...entries: readonly string[]): readonly PicklistValue[] {
  return entries.map(entry => {
    const defaultValue = entry.endsWith('*')
    const [value = '', label = value] = (defaultValue ? entry.slice(0, -1) : entry).split('=')
    return { active: true, defaultValue, label, validFor: null, value }
  })
}
