// What a sync with existing needs of the object.
import { describe, expect, test } from 'vitest'
import { createPlan } from '../../../loader/plan/plan.ts'
import { CONTACT, field, object, PARENTS, planOf, type SpecParts, specOf } from '../../rig/describes.ts'

const WITH_SECRET = object('Contact', [...CONTACT.fields.slice(1), field('Secret__c', { type: 'encryptedstring' })])

const KEEP = { existing: 'keep', keyField: 'email', fields: { LastName: 'last', Email: 'mail' } } as const

const FILL = {
  operation: 'update',
  existing: 'fill-blanks',
  keyField: 'Email',
  fields: { Email: 'mail', 'Account.Ext_Id__c': 'account', 'User:Owner.Email': 'owner' },
} as const

function problemsOf(parts: SpecParts): readonly string[] {
  const planned = createPlan(specOf(parts), WITH_SECRET, PARENTS)
  return planned.ok ? [] : planned.problems.map(({ path, message }) => `${path.join('/')}: ${message}`)
}

describe('a create that leaves existing records', () => {
  test('has its key fields, as Salesforce spells them, and is compared', () => {
    const plan = planOf({ ...KEEP, match: { where: "Phone = '1'" } })
    expect(plan).toMatchObject({ keyFields: ['Email'], matchWhere: "Phone = '1'", existing: 'keep', compares: true })
    expect(plan.warnings).toEqual([])
  })

  test('needs a key that can be searched for', () => {
    expect(problemsOf({ ...KEEP, keyField: 'Description', fields: { ...KEEP.fields, Description: 'key' } })).toEqual([
      'keyField: Contact.Description cannot be filtered on; use a field that can be filtered on',
    ])
  })

  test('rejects a key whose values the org puts into an order of its own', () => {
    const fields = { ...KEEP.fields, Languages__c: 'languages' }
    expect(problemsOf({ ...KEEP, keyField: ['Email', 'Languages__c'], fields })).toEqual([
      'keyField/1: Contact.Languages__c is a multi-select picklist, whose values the org orders itself; with existing: keep use another field',
    ])
    expect(problemsOf({ operation: 'update', keyField: ['Email', 'Languages__c'], fields })).toEqual([])
  })

  test('warns of a key that it cannot set', () => {
    const { warnings } = planOf({ ...KEEP, keyField: 'Code__c', fields: { LastName: 'last', Code__c: 'code' } })
    expect(warnings).toEqual([
      'Contact.Code__c is read-only on create: a later run finds a record that this run creates only if the org gives it the value that the source has',
    ])
  })

  test('has no warning that send: changed is not used', () => {
    expect(planOf({ ...KEEP, send: 'changed' }).warnings).toEqual([])
  })
})

describe('a run that fills blank fields', () => {
  test('sees a lookup to be blank by the Id of the parent, so that no field counts as changed', () => {
    expect(planOf(FILL)).toMatchObject({ existing: 'fill-blanks', compares: true, warnings: [] })
  })

  test('rejects a field that the org does not show', () => {
    expect(problemsOf({ ...FILL, fields: { ...FILL.fields, Secret__c: 'secret' } })).toEqual([
      'fields/Secret__c: cannot be read from the org, so existing: fill-blanks does not see whether it is blank there; leave it out, or load it by another sync',
    ])
  })
})
