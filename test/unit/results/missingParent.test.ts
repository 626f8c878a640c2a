import { expect, test } from 'vitest'
import { compileParentAdvice } from '../../../loader/results/missingParent.ts'
import { CONTACT, field, PARENTS, planOf, type SpecParts } from '../../rig/describes.ts'

const reportsTo = field('ReportsToId', { type: 'reference', referenceTo: ['Contact'], relationshipName: 'ReportsTo' })
const people = { ...CONTACT, fields: [...CONTACT.fields, reportsTo] }
const NOT_FOUND = 'Foreign key external ID: x1 not found for field Ext_Id__c in entity Contact'
const OTHER = 'Foreign key external ID: x1 not found for field Ext_Id__c in entity Account'

function advice(fields: Readonly<Record<string, string>>, given: Partial<SpecParts> = {}): (message: string) => string {
  return compileParentAdvice(
    planOf({ fields: { LastName: 'last', ...fields }, ...given }, people, new Map([...PARENTS, ['Contact', people]])),
  )
}

test('a parent that may be another row of the source leads to rejected.csv', () => {
  const fields = { Ext_Id__c: 'id', 'ReportsTo.Ext_Id__c': 'boss' }
  const byRow = { operation: { column: 'op' }, externalIdField: 'Ext_Id__c' }
  expect(advice(fields)(NOT_FOUND)).toBe(
    `${NOT_FOUND}; if the parent is another row of this source, it was rejected: correct it, and load rejected.csv again`,
  )
  expect(advice(fields, byRow)(NOT_FOUND)).toBe(
    `${NOT_FOUND}; if the parent is another row of this source, it was not there yet: load rejected.csv again`,
  )
})

test('other messages stay as they are', () => {
  const own = advice({ Ext_Id__c: 'id', 'ReportsTo.Ext_Id__c': 'boss', 'Account.Ext_Id__c': 'account' })
  expect([OTHER, 'Amounts need approval', ''].map(own)).toEqual([OTHER, 'Amounts need approval', ''])
  // The source cannot hold the parent: it does not set the field by which the parent is found.
  expect(advice({ 'ReportsTo.Ext_Id__c': 'boss' })(NOT_FOUND)).toBe(NOT_FOUND)
})
