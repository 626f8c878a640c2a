import type { FieldSchema, PicklistValue } from './types.ts'

/** What sets a field apart from the others of its type. The builders of fieldBuilders.ts take any number; the last one wins. */
export type FieldTrait = Partial<FieldSchema>

/** Must have a value, and therefore cannot be hidden by permissions. */
export const required: FieldTrait = { nillable: false, permissionable: false }

/** Never empty, because the org fills it in when the caller does not. */
export const defaulted: FieldTrait = { defaultedOnCreate: true }

/** Maintained by Salesforce; not writable. */
export const readOnly: FieldTrait = { createable: false, updateable: false, permissionable: false }

/** Like `readOnly`, but permissions may hide it. */
export const computed: FieldTrait = { createable: false, updateable: false }

/** Always there and always visible: ids, owners, who and when. */
export const system: FieldTrait = { ...readOnly, nillable: false, defaultedOnCreate: true }

/** Not subject to field-level security. */
export const alwaysVisible: FieldTrait = { permissionable: false }

export const createOnly: FieldTrait = { updateable: false }
export const updateOnly: FieldTrait = { createable: false }

/** Leads to a picture. */
export const image: FieldTrait = { extraTypeInfo: 'imageurl' }

/** The field a record is known by. */
export const nameField: FieldTrait = { nameField: true, permissionable: false }

/** A piece of a person's name. */
export const personName: FieldTrait = {
  compoundFieldName: 'Name',
  extraTypeInfo: 'personname',
  permissionable: false,
}

/** Can serve as a key in upserts though it is no External ID. */
export const idLookup: FieldTrait = { idLookup: true }

/** Cannot be used in WHERE or ORDER BY. */
export const notFilterable: FieldTrait = { filterable: false, sortable: false }

/** Only the listed values are taken. */
export const restricted: FieldTrait = { restrictedPicklist: true }

/** A piece of a compound field such as an address. */
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
