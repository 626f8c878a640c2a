// What stops a run whose parents are found by a lookup, before its source is read.
import { describe, expect, test } from 'vitest'
import { lookupSearches } from '../../../loader/plan/lookupSearches.ts'
import { createPlan, planInOrg } from '../../../loader/plan/plan.ts'
import type { ObjectDescribe } from '../../../loader/salesforce/describe.ts'
import { parseSyncSpec } from '../../../loader/spec/parseSyncSpec.ts'
import { problemLine } from '../../../packages/client/contract/issues.ts'
import { CONTACT, field, object, PARENTS, planOf, type SpecParts, specOf } from '../../rig/describes.ts'
import { connectToEmulator, fileEmulator } from '../salesforce/authSettings.ts'

type Lookup = Extract<SpecParts['fields'][string], { readonly lookup: unknown }>

const byName: Lookup = { lookup: 'Account', by: 'Name', from: 'company' }

const fieldsWith = (lookup: Partial<Lookup>, name = 'AccountId') => ({
  LastName: 'last',
  [name]: { ...byName, ...lookup },
})

const problemsOf = (fields: SpecParts['fields'], parents = PARENTS): readonly string[] => {
  const planned = createPlan(specOf({ fields }), CONTACT, parents)
  return planned.ok ? [] : planned.problems.map(problemLine)
}

const formProblems = (lookup: object): readonly string[] => {
  const spec = { connection: 'x', object: 'Contact', operation: 'create', source: { uri: 'file:x.csv' } }
  const parsed = parseSyncSpec({ ...spec, fields: { LastName: 'last', AccountId: { ...byName, ...lookup } } })
  return parsed.ok ? [] : parsed.problems.map(problemLine)
}

test.each<readonly [string, object, RegExp]>([
  [
    'more fields than columns',
    { by: ['Name', 'Site'] },
    /^fields\.AccountId\.by: names 2, and from one; give each of by its column, in the same order$/,
  ],
  [
    'a field twice',
    { by: ['Name', 'name'], from: ['a', 'b'] },
    /^fields\.AccountId\.by\.1: is listed twice; leave it out$/,
  ],
  [
    'conditions that are no conditions',
    { where: 'WHERE x = 1' },
    /^fields\.AccountId\.where: begins with WHERE; write only the conditions after it$/,
  ],
  ['a key of another mapping', { default: 'x' }, /^fields\.AccountId/],
])('%s is rejected without an org', (_, lookup, message) => {
  expect(formProblems(lookup)).toEqual([expect.stringMatching(message)])
})

const account = (fields: ObjectDescribe['fields'], more: Partial<ObjectDescribe> = {}) =>
  new Map(PARENTS).set('Account', object('Account', fields, more))

test.each<readonly [string, SpecParts['fields'], ReadonlyMap<string, ObjectDescribe>, string]>([
  [
    'an object that the field does not lead to',
    fieldsWith({ lookup: 'User' }),
    PARENTS,
    'fields.AccountId.lookup: AccountId does not lead to User; it leads to: Account',
  ],
  [
    'an object that the user does not see',
    fieldsWith({}),
    new Map(),
    'fields.AccountId.lookup: Account cannot be described: the org does not have it, or hides it from the integration user; give it read permission on the object',
  ],
  [
    'an object that the user may not query',
    fieldsWith({}),
    account([field('Name')], { queryable: false }),
    'fields.AccountId.lookup: the integration user may not query Account records; give it read permission on the object',
  ],
  [
    'an unknown field',
    fieldsWith({ by: 'Nmae' }),
    PARENTS,
    'fields.AccountId.by: Account.Nmae is unknown, or hidden from the integration user by field-level security; did you mean "Name"?',
  ],
  [
    'a field that cannot be filtered on',
    fieldsWith({ by: 'Notes__c' }),
    account([field('Notes__c', { type: 'textarea', filterable: false })]),
    'fields.AccountId.by: Account.Notes__c cannot be filtered on; use a field that can be filtered on',
  ],
  [
    'a field of a type that is not compared',
    fieldsWith({ by: ['Name', 'Kinds__c'], from: ['company', 'kinds'] }),
    account([field('Name'), field('Kinds__c', { type: 'multipicklist' })]),
    'fields.AccountId.by.1: Account.Kinds__c is of type multipicklist, which is not compared with a list of values; use a field of text, a number, a date or an Id',
  ],
  [
    'the oldest record of an object whose creation is hidden',
    fieldsWith({ many: 'first' }),
    PARENTS,
    'fields.AccountId.many: first is the oldest record, and the integration user sees no Account.CreatedDate; set many: reject',
  ],
  [
    'an unknown field in where',
    fieldsWith({ where: "Regoin = 'EMEA'" }),
    account([field('Name'), field('Region')]),
    'fields.AccountId.where: Account.Regoin is unknown, or hidden from the integration user by field-level security; did you mean "Region"?',
  ],
  [
    'a field that has no parent',
    { LastName: { ...byName } },
    PARENTS,
    'fields.LastName: LastName is of type string, not a lookup field; map it to a column',
  ],
  [
    'a field that one of several objects lacks',
    fieldsWith({ lookup: ['User', 'Group'], by: 'Username' }, 'OwnerId'),
    PARENTS,
    'fields.OwnerId.by: Group.Username is unknown, or hidden from the integration user by field-level security',
  ],
])('%s is rejected in one line', (_, fields, parents, message) => {
  expect(problemsOf(fields, parents)[0]).toBe(message)
})

describe('in an org', () => {
  const { signal } = new AbortController()

  test('conditions that the org rejects stop the run', async () => {
    const connection = connectToEmulator(await fileEmulator())
    const plan = (where: string) => planInOrg(connection, specOf({ fields: fieldsWith({ where }) }), signal)
    expect((await plan("Name != 'x'")).plan.fields[1]?.lookup).toMatchObject([
      { name: 'Account', where: "Name != 'x'" },
    ])
    await expect(plan("Owner.Nam = 'x'")).rejects.toThrow(
      'The load into Contact: fields.AccountId.where: Salesforce rejects the conditions: INVALID_FIELD',
    )
  })
})

test('owners are active users, and queues among the groups', () => {
  const users = new Map(PARENTS)
    .set('User', object('User', [field('Name'), field('IsActive', { type: 'boolean' })]))
    .set('Group', object('Group', [field('Name'), field('Type')]))
  const fields = fieldsWith({ lookup: ['User', 'Group'] }, 'OwnerId')
  expect(planOf({ fields }, CONTACT, users).fields[1]?.lookup).toMatchObject([
    { name: 'User', closed: { field: 'IsActive', value: false } },
    { name: 'Group', where: "Type = 'Queue'" },
  ])
})

test('fields that find their parents in one object by the same fields and conditions share a search', () => {
  const reference = (name: string) => field(name, { type: 'reference', referenceTo: ['Account', 'User'] })
  const deal = object('Deal__c', ['Buyer__c', 'Seller__c', 'Broker__c', 'OwnerId', 'Agent__c'].map(reference))
  const parents = new Map([
    ['Account', object('Account', [field('Name'), field('CreatedDate', { type: 'datetime' })])],
    ['User', object('User', [field('Name'), field('IsActive', { type: 'boolean' })])],
  ])
  const byName = (from: string, more: Partial<Lookup> = {}): Lookup => ({
    lookup: 'Account',
    by: 'Name',
    from,
    ...more,
  })
  const fields = {
    Buyer__c: byName('buyer'),
    Seller__c: byName('seller', { many: 'first' }),
    Broker__c: byName('broker', { where: "Name != 'x'" }),
    OwnerId: byName('owner', { lookup: 'User' }),
    Agent__c: byName('agent', { lookup: 'User' }),
  }
  const searches = lookupSearches(planOf({ object: 'Deal__c', fields }, deal, parents))
  expect(searches.map(({ place, paths, fields: of }) => [place, paths, of.map(({ name }) => name)])).toEqual([
    ['Account-1', ['CreatedDate'], ['Buyer__c', 'Seller__c']],
    ['Account-2', [], ['Broker__c']],
    // An inactive user owns no record, and is a parent of another lookup.
    ['User-3', ['IsActive'], ['OwnerId']],
    ['User-4', [], ['Agent__c']],
  ])
})
