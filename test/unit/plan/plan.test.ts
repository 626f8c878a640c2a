import { describe, expect, test } from 'vitest'
import { createPlan } from '../../../loader/plan/plan.ts'
import { parentObjects } from '../../../loader/plan/relationship.ts'
import { wireColumns } from '../../../loader/plan/syncPlan.ts'
import type { ObjectDescribe } from '../../../loader/salesforce/describe.ts'
import type { Operation } from '../../../packages/client/contract/operations.ts'
import { CONTACT, field, object, PARENTS, planOf, type SpecParts, specOf } from '../../rig/describes.ts'

function problems(parts: SpecParts, describe: ObjectDescribe = CONTACT): string[] {
  const planned = createPlan(specOf(parts), describe, PARENTS)
  if (planned.ok) throw new Error('the plan was accepted')
  return planned.problems.map(({ path, message }) => `${path.join('/')}: ${message}`)
}

const MIXED = { operation: { column: 'todo' }, keyField: 'Email', externalIdField: 'Ext_Id__c' } as const
const NAMES = { LastName: 'last', Email: 'mail', Ext_Id__c: 'ext' }

describe('a plan', () => {
  test('spells names as the org does and is plain JSON', () => {
    const plan = planOf({ fields: { lastname: 'last', 'account.ext_id__c': 'code' } })
    expect(plan.fields.map(({ name, wireName, target }) => [name, wireName, target.name])).toEqual([
      ['LastName', 'LastName', 'LastName'],
      ['Account.Ext_Id__c', 'Account.Ext_Id__c', 'AccountId'],
    ])
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
  })

  test('keeps only the facts of a field that later steps read', () => {
    const wide = { ...CONTACT, fields: CONTACT.fields.map(one => ({ ...one, inlineHelpText: 'x'.repeat(1000) })) }
    expect(planOf({ fields: { LastName: 'last' } }, wide)).toEqual(planOf({ fields: { LastName: 'last' } }))
  })

  test('lists the columns that each operation sends', () => {
    const plan = planOf({ ...MIXED, fields: NAMES })
    expect(plan.operations).toEqual(['create', 'update', 'upsert', 'delete'])
    const names = (operation: Operation) => wireColumns(plan, operation).map(({ name }) => name)
    expect(names('create')).toEqual(['LastName', 'Email', 'Ext_Id__c'])
    expect(names('update')).toEqual(['Id', 'LastName', 'Ext_Id__c'])
    expect(names('upsert')).toEqual(['LastName', 'Email', 'Ext_Id__c'])
    expect(names('delete')).toEqual(['Id'])
  })

  test('finds records by a mapped Id, and omits it where records are created', () => {
    const plan = planOf({ operation: { column: 'todo' }, fields: { Id: 'id', LastName: 'last' } })
    expect(plan.keyFields).toEqual(['Id'])
    expect(wireColumns(plan, 'update').map(({ name }) => name)).toEqual(['Id', 'LastName'])
    expect(wireColumns(plan, 'create').map(({ name }) => name)).toEqual(['LastName'])
  })

  test('finds records by a key that cannot be written', () => {
    const plan = planOf({ operation: 'update', keyField: 'Code__c', fields: { Code__c: 'code', Phone: 'phone' } })
    expect(wireColumns(plan, 'update').map(({ name }) => name)).toEqual(['Id', 'Phone'])
  })

  test('finds records by several fields, one of which may be the same for every record, and writes none of them', () => {
    const fields = { Phone: 'phone', lastname: 'last', LeadSource: { value: 'Web' }, Email: 'mail' }
    const plan = planOf({ operation: 'update', keyField: ['email', 'LastName', 'LeadSource'], fields })
    expect(plan.keyFields).toEqual(['Email', 'LastName', 'LeadSource'])
    expect(wireColumns(plan, 'update').map(({ name }) => name)).toEqual(['Id', 'Phone'])
    expect(plan.warnings).toEqual([])
    const slow = planOf({ operation: 'update', keyField: ['LastName', 'Phone'], fields: { ...fields, FirstName: 'f' } })
    expect(slow.warnings).toEqual([
      'Contact.LastName and Contact.Phone are not indexed: finding records by them is slow in an org with many records',
    ])
  })

  test('needs the key alone to delete, and sends nothing else', () => {
    const byId = planOf(
      { operation: 'delete', fields: { Id: 'id' } },
      { ...CONTACT, createable: false, updateable: false },
    )
    expect([byId.keyFields, wireColumns(byId, 'delete').map(({ name }) => name)]).toEqual([['Id'], ['Id']])
    const byKey = planOf({ operation: 'delete', keyField: 'Code__c', fields: { Code__c: 'code', CreatedDate: 'at' } })
    expect([byKey.keyFields, wireColumns(byKey, 'delete').map(({ name }) => name)]).toEqual([['Code__c'], ['Id']])
    expect(byKey.warnings).toEqual([])
  })

  test('names the object in the column of a polymorphic lookup', () => {
    const plan = planOf({ fields: { LastName: 'last', 'Owner.Email': 'owner' } })
    expect(plan.fields[1]).toMatchObject({
      name: 'Owner.Email',
      wireName: 'User:Owner.Email',
      relationship: { name: 'Owner', parent: 'User', field: 'Email', polymorphic: true },
    })
  })

  test('warns of an External ID that is not unique and of required fields that an upsert may need', () => {
    const plan = planOf({ operation: 'upsert', externalIdField: 'Loose_Id__c', fields: { Loose_Id__c: 'ext' } })
    expect(plan.warnings).toEqual([
      'Contact.Loose_Id__c is not unique in the org: two runs at once could both create a record',
      'Required fields are missing: [LastName]: an upsert that finds no record will be rejected',
    ])
  })

  test('reads the numbers of inline records with a point, and those of a file as declared', () => {
    const source = { inline: [{ last: 'x' }] }
    const formats = (parts: Omit<SpecParts, 'fields'>) => planOf({ fields: { LastName: 'last' }, ...parts }).formats
    expect(formats({})).not.toHaveProperty('decimalSeparator')
    expect(formats({ source })).toHaveProperty('decimalSeparator', '.')
    expect(formats({ source, formats: { decimalSeparator: ',' } })).toHaveProperty('decimalSeparator', ',')
    expect(formats({ source, formats: { groupSeparator: '.' } })).not.toHaveProperty('decimalSeparator')
  })

  test('warns of a key field that is not indexed', () => {
    const plan = planOf({ operation: 'update', keyField: 'Phone', fields: { Phone: 'phone', LastName: 'last' } })
    expect(plan.warnings).toEqual([
      'Contact.Phone is not indexed: finding records by it is slow in an org with many records',
    ])
  })

  test('names the parents to describe, except those of a lookup to any object', () => {
    const anything = Array.from({ length: 100 }, (_, index) => `Object${index}__c`)
    const task = object('Task', [
      field('WhatId', { type: 'reference', relationshipName: 'What', referenceTo: anything }),
      ...CONTACT.fields.filter(({ name }) => name === 'OwnerId'),
    ])
    const fields = { 'What.Ext__c': 'a', 'Object7__c:What.Ext__c': 'b', 'Owner.Email': 'c' }
    expect(parentObjects(specOf({ fields }), task)).toEqual(['Object7__c', 'Group', 'User'])
  })
})

test('a create that names a key warns that it searches for no record', () => {
  const { warnings } = planOf({ keyField: 'Email', fields: { LastName: 'last', Email: 'mail' } })
  expect(warnings).toEqual([
    'keyField is not used: create searches for no record, so a record that exists is there twice; existing: keep with keyField leaves it as it is',
  ])
})

describe('a plan is rejected before the source is read', () => {
  test.each<[string, SpecParts, string[]]>([
    [
      'an unknown field, with the nearest name',
      { fields: { LastName: 'last', Fone: 'phone' } },
      [
        'fields/Fone: Contact.Fone is unknown, or hidden from the integration user by field-level security; did you mean "Phone"?',
      ],
    ],
    [
      'the label of a field',
      { fields: { 'last name': 'last', LastName: 'last' } },
      [
        'fields/last name: Contact.last name is unknown, or hidden from the integration user by field-level security; did you mean "LastName"?',
      ],
    ],
    [
      'a custom field without its ending',
      { fields: { LastName: 'last', languages: 'languages' } },
      [
        'fields/languages: Contact.languages is unknown, or hidden from the integration user by field-level security; did you mean "Languages__c"?',
      ],
    ],
    [
      'a read-only field',
      { fields: { LastName: 'last', CreatedDate: 'at' } },
      [
        'fields/CreatedDate: Contact.CreatedDate is read-only for the integration user on create; leave it out, or give the user edit access to the field',
      ],
    ],
    [
      'a required field unmapped',
      { fields: { Email: 'mail' } },
      ['fields: Required fields are missing: [LastName]; map them, or give each a {value}'],
    ],
    [
      'an Id on create',
      { fields: { LastName: 'last', Id: 'id' } },
      ['fields/Id: Id finds the record on update; it cannot be set on create'],
    ],
    [
      'a compound field',
      { fields: { LastName: 'last', MailingAddress: 'address' } },
      ['fields/MailingAddress: is of type address, which cannot be loaded from text'],
    ],
    [
      'a key field that cannot be filtered on',
      { operation: 'update', keyField: 'Description', fields: { Description: 'text', LastName: 'last' } },
      ['keyField: Contact.Description cannot be filtered on; use a field that can be filtered on'],
    ],
    [
      'a match by fields that are unknown, or cannot be filtered on',
      {
        operation: 'update',
        keyField: 'Email',
        fields: { Email: 'mail', LastName: 'last' },
        match: { where: "(Descripton != null OR description = 'x') AND Account.Name = 'A'" },
      },
      [
        'match/where: Contact.Descripton is unknown, or hidden from the integration user by field-level security; did you mean "Description"?',
        'match/where: Contact.Description cannot be filtered on; use a field that can be filtered on',
      ],
    ],
    [
      'a list of key fields with one that cannot be filtered on',
      {
        operation: 'update',
        keyField: ['LastName', 'Description'],
        fields: { Description: 'text', LastName: 'last', Phone: 'phone' },
      },
      ['keyField/1: Contact.Description cannot be filtered on; use a field that can be filtered on'],
    ],
    [
      'a key field of a parent',
      {
        operation: 'update',
        keyField: ['LastName', 'Account.Ext_Id__c'],
        fields: { 'account.ext_id__c': 'code', LastName: 'last', Phone: 'phone' },
      },
      [
        'keyField/1: Account.Ext_Id__c is a field of a parent; use a field of Contact, such as the lookup with the Id of the parent',
      ],
    ],
    [
      'key fields that are all constant',
      {
        operation: 'update',
        keyField: ['LastName', 'Email'],
        fields: { LastName: { value: 'x' }, Email: { value: 'a@b.example' }, Phone: 'phone' },
      },
      ['keyField: LastName and Email have the same value for every record; map one of them to a column'],
    ],
    [
      'a key field that is always blank',
      {
        operation: 'update',
        keyField: ['LastName', 'Email'],
        fields: { LastName: { value: ' ' }, Email: 'mail', Phone: 'phone' },
      },
      ['keyField: LastName is blank for every record; map it to a column, or leave it out'],
    ],
    [
      'key fields beside a mapped Id',
      { operation: 'update', keyField: ['LastName', 'Email'], fields: { LastName: 'l', Email: 'mail', Id: 'id' } },
      ['keyField: Id is mapped too; find records by one of them, and leave out the other'],
    ],
    [
      'a constant key',
      { operation: 'update', keyField: 'Email', fields: { Email: { value: 'a@b.example' }, LastName: 'last' } },
      ['keyField: Email has the same value for every record; map it to a column'],
    ],
    [
      'a key field beside a mapped Id',
      { operation: 'update', keyField: 'Email', fields: { Email: 'mail', Id: 'id' } },
      ['keyField: Id is mapped too; find records by one of them, and leave out the other'],
    ],
    [
      'an upsert by a field that is not an External ID',
      { operation: 'upsert', externalIdField: 'Phone', fields: { Phone: 'phone', LastName: 'last' } },
      ['externalIdField: Contact.Phone is not an External ID; allowed: Id, Email, Ext_Id__c, Loose_Id__c, Code__c'],
    ],
    [
      'a constant with an invalid value',
      { fields: { LastName: 'last', Birthdate: { value: 'soon' } } },
      [
        'fields/Birthdate: Birthdate: soon is not a date; expected yyyy-MM-dd; declare other patterns in formats.dates, such as dd.MM.yyyy (constant in the sync spec)',
      ],
    ],
    [
      'a lookup mapped twice',
      { fields: { LastName: 'last', AccountId: 'a', 'Account.Ext_Id__c': 'b' } },
      ['fields/Account.Ext_Id__c: sets AccountId, as AccountId does; map one of them'],
    ],
    [
      'a lookup by a field that is not an External ID',
      { fields: { LastName: 'last', 'Account.Name': 'name' } },
      [
        'fields/Account.Name: Account.Name is not an External ID and cannot be used for lookups; use Id, Ext_Id__c, or AccountId: { lookup: Account, by: Name, from: name }',
      ],
    ],
    [
      'a lookup by a field that is no External ID, with a column that YAML quotes',
      { fields: { LastName: 'last', 'Group:Owner.DeveloperName': 'the queue: name' } },
      [
        'fields/Group:Owner.DeveloperName: Group.DeveloperName is not an External ID and cannot be used for lookups; use Id, or OwnerId: { lookup: Group, by: DeveloperName, from: "the queue: name" }',
      ],
    ],
    [
      'an unknown relationship',
      { fields: { LastName: 'last', 'Acount.Ext_Id__c': 'code' } },
      [
        'fields/Acount.Ext_Id__c: Contact has no relationship Acount, or its lookup field is hidden from the integration user by field-level security; did you mean "Account"?',
      ],
    ],
    [
      'a lookup by an unknown field of the parent',
      { fields: { LastName: 'last', 'Account.Ext__c': 'code' } },
      [
        'fields/Account.Ext__c: Account.Ext__c is unknown, or hidden from the integration user by field-level security; use Id, Ext_Id__c',
      ],
    ],
    [
      'a lookup named by its field',
      { fields: { LastName: 'last', 'AccountId.Ext_Id__c': 'code' } },
      ['fields/AccountId.Ext_Id__c: Contact has no relationship AccountId; write Account.Ext_Id__c'],
    ],
    [
      'a lookup with object and relationship exchanged',
      { fields: { LastName: 'last', 'Owner:User.Username': 'owner' } },
      ['fields/Owner:User.Username: Contact has no relationship User; write User:Owner.Username'],
    ],
    [
      'a record type by a field that is not a name',
      { fields: { LastName: 'last', 'RecordType.Ext__c': 'type' } },
      ['fields/RecordType.Ext__c: record types are found by RecordType.DeveloperName; or map RecordTypeId'],
    ],
    [
      'a record type where the object has none',
      { fields: { LastName: 'last', 'RecordType.DeveloperName': 'type' } },
      ['fields/RecordType.DeveloperName: Contact has no field RecordTypeId that the integration user may see'],
    ],
    [
      'a lookup to an object that the field does not refer to',
      { fields: { LastName: 'last', 'Lead:Owner.Email': 'owner' } },
      ['fields/Lead:Owner.Email: OwnerId does not lead to Lead; it leads to: Group, User'],
    ],
  ])('%s', (_name, parts, expected) => {
    expect(problems(parts)).toEqual(expected)
  })

  test('a lookup to objects that the org does not describe', () => {
    const planned = createPlan(specOf({ fields: { LastName: 'last', 'Owner.Username': 'owner' } }), CONTACT, new Map())
    expect(planned).toMatchObject({
      problems: [
        {
          path: ['fields', 'Owner.Username'],
          message:
            'Group and User cannot be described: the org does not have it, or hides it from the integration user',
        },
      ],
    })
  })

  test('an object that the user may not write', () => {
    const locked = { ...CONTACT, createable: false, updateable: false }
    expect(problems({ ...MIXED, fields: NAMES }, locked)).toEqual([
      'object: the integration user may not create Contact records; give it that permission on the object',
      'object: the integration user may not update Contact records; give it that permission on the object',
    ])
  })

  test('a deletion that the user may not do', () => {
    const kept = { ...CONTACT, deletable: false }
    const words = 'object: the integration user may not delete Contact records; give it that permission on the object'
    expect(problems({ operation: 'delete', fields: { Id: 'id' } }, kept)).toEqual([words])
    expect(problems({ operation: 'delete', keyField: 'Email', fields: { Email: 'mail' } }, kept)).toEqual([words])
    // Its other records are loaded.
    expect(planOf({ ...MIXED, fields: NAMES }, kept).operations).toEqual(['create', 'update', 'upsert'])
  })

  test('missing records that the user may not delete, and values that cannot be written', () => {
    const mirror = { operation: 'update', keyField: 'Email', scope: "LeadSource = 'Web'" } as const
    const fields = { ...NAMES, Birthdate: 'born' }
    const words = 'object: the integration user may not delete Contact records; give it that permission on the object'
    expect(problems({ ...mirror, fields, missing: 'delete' }, { ...CONTACT, deletable: false })).toEqual([words])
    const missingFields = { birthdate: { value: 'never' } }
    expect(problems({ ...mirror, fields, missing: 'update', missingFields })).toEqual([
      expect.stringMatching(/^missingFields\/birthdate: .*never/),
    ])
    const plan = planOf({ ...mirror, fields, missing: 'update', missingFields: { birthdate: { value: '' } } })
    expect(plan).toMatchObject({ compares: true, missing: { action: 'update', values: { Birthdate: '#N/A' } } })
    expect(plan.operations).toEqual(['update'])
  })

  test('all problems at once', () => {
    expect(problems({ fields: { Fone: 'phone', Nmae: 'name' } })).toHaveLength(3)
  })
})
