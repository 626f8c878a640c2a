import type { FieldDescribe } from '../salesforce/describe.ts'

/** What later steps read of a field: a plan is stored, and describe has three times as much. */
export function keptDescribe(field: FieldDescribe): FieldDescribe {
  const picklistValues = field.restrictedPicklist
    ? field.picklistValues.map(({ value, active }) => ({ value, active }))
    : []
  return {
    name: field.name,
    label: field.label,
    type: field.type,
    length: field.length,
    precision: field.precision,
    scale: field.scale,
    digits: field.digits,
    nillable: field.nillable,
    createable: field.createable,
    updateable: field.updateable,
    defaultedOnCreate: field.defaultedOnCreate,
    externalId: field.externalId,
    idLookup: field.idLookup,
    unique: field.unique,
    caseSensitive: field.caseSensitive,
    filterable: field.filterable,
    restrictedPicklist: field.restrictedPicklist,
    picklistValues,
    referenceTo: field.referenceTo,
    relationshipName: field.relationshipName,
  }
}
