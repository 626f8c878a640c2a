import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fullAccess } from '../../schema/access.ts'
import { standardSchema } from '../../schema/catalog.ts'
import { describeObject } from '../../schema/describe.ts'
import type { ObjectSchema } from '../../schema/types.ts'

const schemas = standardSchema()
function schemaOf(name: string) {
  return schemas.get(name.toLowerCase()) as ObjectSchema
}

function described(name: string) {
  return describeObject(schemaOf(name), fullAccess(), '52.0')
}

function field(objectName: string, name: string) {
  return described(objectName).fields.find(found => found.name === name)
}

describe('describe', () => {
  test('gives every field of every object the same 57 keys', () => {
    const { fieldKeys } = JSON.parse(readFileSync(new URL('../../recorded/describe.json', import.meta.url), 'utf8'))
    const keys = fieldKeys.split(' ')
    expect(keys).toHaveLength(57)
    for (const schema of schemas.values())
      for (const { name, ...rest } of schema.fields)
        expect([schema.name, name, Object.keys({ name, ...rest }).sort()]).toEqual([schema.name, name, keys])
  })

  test.each([
    [
      'Contact',
      'Id',
      { type: 'id', soapType: 'tns:ID', length: 18, createable: false, idLookup: true, nillable: false },
    ],
    [
      'Contact',
      'AccountId',
      { type: 'reference', referenceTo: ['Account'], relationshipName: 'Account', nillable: true },
    ],
    ['Contact', 'OwnerId', { referenceTo: ['User'], nillable: false, defaultedOnCreate: true, updateable: true }],
    [
      'Contact',
      'Email',
      { type: 'email', length: 80, byteLength: 240, idLookup: true, externalId: false, unique: false },
    ],
    ['Contact', 'Name', { length: 121, nameField: true, createable: false, updateable: false }],
    ['Contact', 'MailingLatitude', { type: 'double', precision: 18, scale: 15, compoundFieldName: 'MailingAddress' }],
    [
      'Contact',
      'MailingAddress',
      { type: 'address', soapType: 'urn:address', createable: false, queryByDistance: true },
    ],
    ['Invoice__c', 'Delivered_At__Latitude__s', { type: 'double', precision: 18, scale: 6, custom: true }],
    ['Invoice__c', 'Delivered_At__Latitude__s', { compoundFieldName: 'Delivered_At__c', createable: true }],
    ['Invoice__c', 'Delivered_At__c', { type: 'location', createable: false, custom: true }],
    ['Contact', 'MailingStreet', { type: 'textarea', length: 255, filterable: true, extraTypeInfo: 'plaintextarea' }],
    ['Contact', 'Description', { type: 'textarea', length: 32000, byteLength: 96000, filterable: false }],
    ['Contact', 'Birthdate', { type: 'date', soapType: 'xsd:date', createable: true, updateable: true }],
    ['Contact', 'CreatedDate', { type: 'datetime', createable: false, defaultedOnCreate: true, groupable: false }],
    ['Contact', 'LeadSource', { type: 'picklist', length: 255, restrictedPicklist: false }],
    ['Contact', 'CleanStatus', { restrictedPicklist: true, length: 40, byteLength: 120 }],
    ['Contact', 'Title', { length: 128, byteLength: 384 }],
    ['Contact', 'PhotoUrl', { type: 'url', extraTypeInfo: 'imageurl', createable: false }],
    ['Account', 'Name', { length: 255, nillable: false, extraTypeInfo: 'switchablepersonname', idLookup: false }],
    ['Account', 'AnnualRevenue', { type: 'currency', soapType: 'xsd:double', precision: 18, scale: 0 }],
    ['Account', 'NumberOfEmployees', { type: 'int', soapType: 'xsd:int', digits: 8 }],
    ['Lead', 'OwnerId', { referenceTo: ['Group', 'User'], polymorphicForeignKey: true, namePointing: true }],
    ['Lead', 'Status', { defaultValue: 'Open - Not Contacted', defaultedOnCreate: true, nillable: false }],
    ['Lead', 'Company', { nillable: false, length: 255 }],
    ['Opportunity', 'Probability', { type: 'percent', precision: 3, scale: 0, defaultedOnCreate: true }],
    ['Opportunity', 'CloseDate', { type: 'date', nillable: false }],
    ['Case', 'CaseNumber', { autoNumber: true, idLookup: true, createable: false, groupable: false }],
    ['Case', 'Comments', { length: 4000, byteLength: 4000, filterable: false }],
  ])('%s.%s has the recorded facts', (objectName, name, facts) => {
    expect(field(objectName, name)).toMatchObject(facts)
  })

  test('picklist values have value, label and default as recorded', () => {
    expect(field('Contact', 'LeadSource')?.picklistValues[0]).toEqual({
      active: true,
      defaultValue: false,
      label: 'Web',
      validFor: null,
      value: 'Web',
    })
    expect(field('Contact', 'CleanStatus')?.picklistValues[0]).toMatchObject({ value: 'Matched', label: 'In Sync' })
    expect(field('Lead', 'Status')?.picklistValues.filter(value => value.defaultValue)).toHaveLength(1)
  })

  test('the fields required on create are those of the recorded describes', () => {
    const requiredOf = (name: string) =>
      described(name)
        .fields.filter(found => found.createable && !found.nillable && !found.defaultedOnCreate)
        .map(found => found.name)
    expect(requiredOf('Contact')).toEqual(['LastName'])
    expect(requiredOf('Lead')).toEqual(['LastName', 'Company'])
    expect(requiredOf('Account')).toEqual(['Name'])
    expect(requiredOf('Opportunity')).toEqual(['Name', 'StageName', 'CloseDate'])
    expect(requiredOf('Case')).toEqual([])
  })

  test('child relationships are named as recorded', () => {
    expect(described('Account').childRelationships).toContainEqual({
      cascadeDelete: true,
      childSObject: 'Contact',
      deprecatedAndHidden: false,
      field: 'AccountId',
      junctionIdListNames: [],
      junctionReferenceTo: [],
      relationshipName: 'Contacts',
      restrictedDelete: false,
    })
  })

  test('every child relationship is a lookup field of the child', () => {
    for (const schema of schemas.values())
      for (const child of schema.childRelationships)
        expect(schemaOf(child.childSObject).fieldsByName.get(child.field.toLowerCase())?.referenceTo).toContain(
          schema.name,
        )
  })
})

describe('the custom object', () => {
  test('has three kinds of External ID', () => {
    expect(field('Invoice__c', 'Ext_Id__c')).toMatchObject({ externalId: true, unique: true, caseSensitive: false })
    expect(field('Invoice__c', 'Legacy_Key__c')).toMatchObject({ externalId: true, unique: true, caseSensitive: true })
    expect(field('Invoice__c', 'Batch_Ref__c')).toMatchObject({ externalId: true, unique: false, idLookup: true })
    expect(described('Invoice__c')).toMatchObject({ custom: true, keyPrefix: 'a00' })
  })

  test('has a field of every type that an admin can create', () => {
    const types = new Set(described('Invoice__c').fields.map(({ type }) => type))
    const wanted =
      'string currency percent double boolean date datetime time picklist multipicklist email phone url textarea reference'
    expect([...types]).toEqual(expect.arrayContaining(wanted.split(' ')))
  })
})
