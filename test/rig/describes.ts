import { createPlan } from '../../loader/plan/plan.ts'
import type { SyncPlan } from '../../loader/plan/syncPlan.ts'
import type { FieldDescribe, ObjectDescribe } from '../../loader/salesforce/describe.ts'
import { parseSyncSpec } from '../../loader/spec/parseSyncSpec.ts'
import type { SyncSpecInput, ValueFormats } from '../../packages/client/contract/syncSpec.ts'

const FIELD: FieldDescribe = {
  name: '',
  label: '',
  type: 'string',
  length: 80,
  precision: 0,
  scale: 0,
  digits: 0,
  nillable: true,
  createable: true,
  updateable: true,
  defaultedOnCreate: false,
  externalId: false,
  idLookup: false,
  unique: false,
  caseSensitive: false,
  filterable: true,
  restrictedPicklist: false,
  picklistValues: [],
  referenceTo: [],
  relationshipName: null,
}

export function field(name: string, more: Partial<FieldDescribe> = {}): FieldDescribe {
  return { ...FIELD, name, label: name, ...more }
}

const ID = field('Id', {
  label: 'Record ID',
  type: 'id',
  length: 18,
  nillable: false,
  createable: false,
  updateable: false,
  defaultedOnCreate: true,
  idLookup: true,
})

export function active(...values: readonly string[]): FieldDescribe['picklistValues'] {
  return values.map(value => ({ value, active: true }))
}

export function object(name: string, fields: readonly FieldDescribe[], more: Partial<ObjectDescribe> = {}) {
  const describe: ObjectDescribe = {
    name,
    label: name,
    keyPrefix: '003',
    createable: true,
    updateable: true,
    deletable: true,
    queryable: true,
    recordTypes: [],
    fields: [ID, ...fields],
    ...more,
  }
  return describe
}

/** The fields of a Contact that the tests need, with the facts of the recorded describe. */
export const CONTACT = object('Contact', [
  field('LastName', { label: 'Last Name', nillable: false }),
  field('FirstName', { label: 'First Name', length: 40 }),
  field('Email', { type: 'email', idLookup: true }),
  field('Phone', { type: 'phone', length: 40 }),
  field('Birthdate', { type: 'date', length: 0 }),
  field('Description', { type: 'textarea', length: 32_000, filterable: false }),
  field('LeadSource', { label: 'Lead Source', type: 'picklist', length: 255, picklistValues: active('Web') }),
  field('Level__c', {
    label: 'Level',
    type: 'picklist',
    length: 255,
    restrictedPicklist: true,
    picklistValues: [...active('Primary', 'Secondary'), { value: 'Retired', active: false }],
  }),
  field('Languages__c', { type: 'multipicklist', length: 4099, picklistValues: active('English', 'German') }),
  field('Score__c', { label: 'Score', type: 'double', precision: 6, scale: 2, length: 0 }),
  field('Visits__c', { type: 'int', digits: 8, length: 0 }),
  field('Seen__c', { type: 'datetime', length: 0 }),
  field('HasOptedOutOfEmail', { type: 'boolean', length: 0, nillable: false, defaultedOnCreate: true }),
  field('Ext_Id__c', { label: 'External Id', externalId: true, idLookup: true, unique: true }),
  field('Loose_Id__c', { externalId: true, idLookup: true }),
  field('Code__c', { createable: false, updateable: false, idLookup: true }),
  field('CreatedDate', { type: 'datetime', createable: false, updateable: false, nillable: false }),
  field('AccountId', { label: 'Account ID', type: 'reference', referenceTo: ['Account'], relationshipName: 'Account' }),
  field('ReportsToId', {
    label: 'Reports To ID',
    type: 'reference',
    referenceTo: ['Contact'],
    relationshipName: 'ReportsTo',
  }),
  field('OwnerId', {
    label: 'Owner ID',
    type: 'reference',
    nillable: false,
    defaultedOnCreate: true,
    referenceTo: ['Group', 'User'],
    relationshipName: 'Owner',
  }),
  field('MailingAddress', { type: 'address', createable: false, updateable: false }),
])

const lookup = (name: string, to: string, more = {}) =>
  field(name, { type: 'reference', length: 18, referenceTo: [to], ...more })

/** The fields of a ContentVersion that the tests need. */
export const CONTENT_VERSION = object(
  'ContentVersion',
  [
    field('Title', { length: 255, nillable: false }),
    field('PathOnClient', { label: 'Path On Client', length: 500, updateable: false }),
    field('VersionData', { label: 'Version Data', type: 'base64', length: 0, filterable: false }),
    field('Description', { type: 'textarea', length: 1000 }),
    lookup('FirstPublishLocationId', 'Account', { updateable: false }),
    lookup('ContentDocumentId', 'ContentDocument', { updateable: false }),
    lookup('OwnerId', 'User', { defaultedOnCreate: true }),
  ],
  { keyPrefix: '068', deletable: false },
)

export const ATTACHMENT = object('Attachment', [
  field('Name', { length: 255, nillable: false }),
  field('Body', { type: 'base64', length: 0, nillable: false, filterable: false }),
  lookup('ParentId', 'Account', { nillable: false }),
])

export const PARENTS: ReadonlyMap<string, ObjectDescribe> = new Map([
  ['Account', object('Account', [field('Ext_Id__c', { externalId: true, unique: true }), field('Name')])],
  ['User', object('User', [field('Email', { type: 'email', idLookup: true }), field('Username', { idLookup: true })])],
  ['Group', object('Group', [field('DeveloperName')])],
  ['Contact', CONTACT],
])

export type SpecParts = Omit<Partial<SyncSpecInput>, 'fields'> & { readonly fields: SyncSpecInput['fields'] }

/** A whole spec from the parts that a test is about. */
export function specOf(parts: SpecParts) {
  const input = { connection: 'test', object: 'Contact', operation: 'create', source: { uri: 'file:x.csv' }, ...parts }
  const parsed = parseSyncSpec(input)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.spec
}

/** The formats of a spec that declares these. */
export function formatsOf(formats: SyncSpecInput['formats']): ValueFormats {
  return specOf({ fields: { LastName: 'last' }, formats }).formats
}

/** The plan of such a spec on Contact; throws when it has problems. */
export function planOf(parts: SpecParts, describe: ObjectDescribe = CONTACT, parents = PARENTS): SyncPlan {
  const planned = createPlan(specOf(parts), describe, parents)
  if (!planned.ok) throw new Error(JSON.stringify(planned.problems))
  return planned.plan
}
