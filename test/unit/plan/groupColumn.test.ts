// The lookup by which the records of a bulk load are grouped.
import { expect, test } from 'vitest'
import { createPlan } from '../../../loader/plan/plan.ts'
import type { FieldDescribe } from '../../../loader/salesforce/describe.ts'
import { CONTACT, PARENTS, planOf, type SpecParts, specOf } from '../../rig/describes.ts'

const ACCOUNT = CONTACT.fields.find(({ name }) => name === 'AccountId') as FieldDescribe
const lookup = (name: string, parent: string, facts: Partial<FieldDescribe> = {}): FieldDescribe => ({
  ...ACCOUNT,
  ...{ name, referenceTo: [parent], relationshipName: name.replace('__c', '__r') },
  ...facts,
})

const DESCRIBE = {
  ...CONTACT,
  fields: [...CONTACT.fields, lookup('Friend__c', 'Contact'), lookup('CampaignId', 'Campaign')],
}

/** The object with a master-detail relationship, which every sync must map. */
const DETAIL = { ...DESCRIBE, fields: [...DESCRIBE.fields, lookup('Order__c', 'Order__c', { nillable: false })] }

const NAME = { LastName: 'last' }

test.each<readonly [string, Partial<SpecParts>, string | undefined]>([
  ['an account', { fields: { ...NAME, AccountId: 'company' } }, 'company'],
  ['an account by its External ID', { fields: { ...NAME, 'Account.Ext_Id__c': 'customer' } }, 'customer'],
  ['a campaign', { fields: { ...NAME, CampaignId: 'campaign' } }, 'campaign'],
  [
    'a required lookup, which a master-detail relationship is, before an account',
    { fields: { ...NAME, AccountId: 'company', Order__c: 'order' } },
    'order',
  ],
  ['no optional lookup to another object', { fields: { ...NAME, Friend__c: 'friend' } }, undefined],
  ['no owner', { fields: { ...NAME, OwnerId: 'owner' } }, undefined],
  [
    'no parent that is the same for every record',
    { fields: { ...NAME, AccountId: { value: '001000000000001AAA' } } },
    undefined,
  ],
  ['nothing with none', { fields: { ...NAME, AccountId: 'company' }, groupBy: 'none' }, undefined],
  [
    'a named lookup, in any letter case',
    { fields: { ...NAME, AccountId: 'company', Friend__c: 'friend' }, groupBy: 'friend__C' },
    'friend',
  ],
])('groups by %s', (_, parts, column) => {
  const describe = column === 'order' ? DETAIL : DESCRIBE
  expect(planOf({ fields: NAME, ...parts }, describe).groupColumn).toBe(column)
})

test.each(['LastName', 'OwnerId', 'Company__c'])(
  'rejects %s as the name of a lookup, and lists the lookups',
  groupBy => {
    const fields = { ...NAME, AccountId: 'company', OwnerId: 'owner' }
    const planned = createPlan(specOf({ fields, groupBy }), DESCRIBE, PARENTS)
    const message = `${groupBy} is not a lookup that this sync maps from a column; use one of AccountId, auto, none`
    expect(planned).toEqual({ ok: false, problems: [{ path: ['groupBy'], message }] })
  },
)
