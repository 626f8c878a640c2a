// The forms of lookups before `lookup` existed: a message names the new form that does what was meant.
import { expect, test } from 'vitest'
import { createPlan } from '../../../loader/plan/plan.ts'
import type { SyncSpecInput } from '../../../packages/client/contract/syncSpec.ts'
import { field, object, specOf } from '../../rig/describes.ts'

const email = field('Email', { type: 'email', idLookup: true })
const PARENTS = new Map([
  ['Contact', object('Contact', [email, field('Name'), field('Notes__c', { type: 'textarea', filterable: false })])],
  ['Lead', object('Lead', [email, field('Name'), field('Notes__c', { type: 'textarea', filterable: false })])],
])

const TASK = object('Task', [
  field('WhoId', { type: 'reference', relationshipName: 'Who', referenceTo: ['Contact', 'Lead'] }),
  field('WhatId', {
    ...{ type: 'reference', relationshipName: 'What' },
    referenceTo: Array.from({ length: 9 }, (_, index) => `Object${index}__c`),
  }),
])

const both = 'or WhoId: { lookup: [Contact, Lead], by: Email, from: who }'

test.each<[string, SyncSpecInput['fields'], string]>([
  [
    'one column without an object',
    { 'Who.Email': 'who' },
    `fields.Who.Email: may lead to several objects; write Contact:Who.Email or Lead:Who.Email, ${both}`,
  ],
  [
    'one column with both objects',
    { 'Contact:Who.Email': 'who', 'Lead:Who.Email': 'who' },
    `fields.Lead:Who.Email: sets WhoId, as Contact:Who.Email does; map one of them, ${both}`,
  ],
  [
    'a column for each object, which one lookup does not replace',
    { 'Contact:Who.Email': 'contact', 'Lead:Who.Email': 'lead' },
    'fields.Lead:Who.Email: sets WhoId, as Contact:Who.Email does; map one of them',
  ],
  [
    'a field that is no key of any of them',
    { 'Who.Name': 'who name' },
    'fields.Who.Name: Contact or Lead.Name is not an External ID and cannot be used for lookups; use Id, Email, or WhoId: { lookup: [Contact, Lead], by: Name, from: "who name" }',
  ],
  [
    'a field by which the org cannot search',
    { 'Contact:Who.Notes__c': 'notes' },
    'fields.Contact:Who.Notes__c: Contact.Notes__c is not an External ID and cannot be used for lookups; use Id, Email',
  ],
  [
    'the same value for every record',
    { 'Contact:Who.Name': { value: 'Ada' } },
    'fields.Contact:Who.Name: Contact.Name is not an External ID and cannot be used for lookups; use Id, Email',
  ],
  [
    'a lookup to many objects',
    { 'What.Name': 'what' },
    'fields.What.Name: may lead to 9 objects; write Object:What.Name if the field is an External ID, else WhatId: { lookup: Object, by: Name, from: what }',
  ],
])('%s', (_, fields, expected) => {
  const planned = createPlan(specOf({ object: 'Task', fields }), TASK, PARENTS)
  const problems = planned.ok ? [] : planned.problems.map(({ path, message }) => `${path.join('.')}: ${message}`)
  expect(problems).toEqual([expected])
})
