import { expect, test } from 'vitest'
import { keptFields, readPaths } from '../../../loader/plan/comparedFields.ts'
import { CONTACT, field, object, PARENTS, planOf, type SpecParts } from '../../rig/describes.ts'

const WITH_SECRET = object('Contact', [...CONTACT.fields.slice(1), field('Secret__c', { type: 'encryptedstring' })])

const SYNC: SpecParts = {
  operation: 'update',
  keyField: 'Email',
  fields: {
    Email: 'mail',
    LastName: 'last',
    'Account.Ext_Id__c': 'account',
    'User:Owner.Email': 'owner',
    Secret__c: 'secret',
  },
  send: 'changed',
}

const plan = planOf(SYNC, WITH_SECRET, PARENTS)

test('reads each value where the org shows it, and the Id of a parent beside its External ID', () => {
  expect(readPaths(plan, ['update'])).toEqual(['LastName', 'Account.Ext_Id__c', 'AccountId', 'OwnerId'])
})

test('a before-image has fields that can be written back', () => {
  expect(keptFields(plan, 'update')).toEqual(['LastName', 'AccountId', 'OwnerId'])
})

test('a before-image of a deletion has the key, too', () => {
  expect(keptFields(planOf({ ...SYNC, operation: 'delete' }, WITH_SECRET), 'delete')).toEqual([
    'Email',
    'LastName',
    'AccountId',
    'OwnerId',
  ])
})

test('names the fields that cannot be compared', () => {
  const words = 'cannot be compared with what the org holds: a record with a value for it counts as changed'
  expect(plan.warnings).toEqual(expect.arrayContaining([`Owner.Email ${words}`, `Secret__c ${words}`]))
})

test('a create or an upsert that leaves existing records reads none of their values', () => {
  const { send: _, ...parts } = SYNC
  const kept = planOf({ ...parts, operation: { column: 'op' }, existing: 'keep' }, WITH_SECRET)
  expect(readPaths(kept, ['create'])).toEqual([])
  expect(readPaths(kept, ['update'])).toEqual(readPaths(plan, ['update']))
  expect(planOf({ ...parts, operation: 'create', existing: 'keep' }, WITH_SECRET).warnings).toEqual([])
})

test('a run that compares nothing has no such warning', () => {
  expect(planOf({ ...SYNC, send: 'all' }, WITH_SECRET).warnings.join()).not.toContain('compared')
})

test.each([
  ['create', 'send: changed is not used: create sends every record'],
  ['delete', 'send: changed is not used: delete sends every record'],
] as const)('warns that send: changed has no effect on %s', (operation, warning) => {
  const { keyField: _, ...parts } = SYNC
  const key = operation === 'delete' ? { keyField: 'Email' } : {}
  const fields = { Email: 'mail', LastName: 'last' }
  expect(planOf({ ...parts, ...key, operation, fields }).warnings).toContain(warning)
  expect(planOf({ ...parts, ...key, operation, fields, send: 'all' }).warnings).not.toContain(warning)
})
