import { expect, test } from 'vitest'
import { factsOf } from '../../../loader/suggest/columnFacts.ts'
import { formsOf, isSameName } from '../../../loader/suggest/columnName.ts'
import { certainObject, objectsToCompare, rankObjects } from '../../../loader/suggest/suggestObject.ts'
import { CONTACT, field, object } from '../../rig/describes.ts'

test.each([
  ['first_name', 'First Name'],
  ['FIRST_NM', 'FirstName'],
  ['E-Mail-Adresse', 'emailadresse'],
  ['Straße', 'STRASSE'],
  ['Geburtsdatum (TT.MM.JJJJ)', 'Geburtsdatum'],
  ['Länderkürzel', 'Laenderkuerzel'],
  ['Länderkürzel', 'Landerkurzel'],
  ['E-mail *', 'email'],
  ['chiffre d’affaires', "Chiffre d'affaires"],
  ['Łódź', 'lodz'],
])('reads %s and %s as one name', (a, b) => {
  expect(isSameName(a, b)).toBe(true)
})

test('keeps apart names that differ by a word', () => {
  expect(isSameName('Phone', 'Phone (mobile)')).toBe(false)
  expect(isSameName('Email', 'Email 2')).toBe(false)
  expect(formsOf('***').size).toBe(0)
})

const LEAD = object('Lead', [
  field('LastName', { label: 'Last Name', nillable: false }),
  field('Company', { nillable: false }),
  field('Email', { type: 'email' }),
  field('Website', { type: 'url' }),
  field('Industry'),
])

const column = (name: string, ...values: readonly string[]) => factsOf({ name, values })
const PERSON = [column('Last Name', 'Miller', 'Lee'), column('E-mail', 'a@b.de', 'c@d.de')]

const certainName = (columns: Parameters<typeof rankObjects>[0], sourceName: string) =>
  certainObject(rankObjects(columns, [CONTACT, LEAD], sourceName))?.object.name

test('is certain of an object that the source is named after, or that far more columns fit', () => {
  expect(certainName(PERSON, 'data/contacts-2026.csv')).toBe('Contact')
  expect(certainName(PERSON, 'data/Kontakte.csv')).toBe('Contact')
  expect(certainName(PERSON, 'data/export.csv')).toBeUndefined()
  const company = [
    column('Firma', 'Acme', 'Beta'),
    column('Website', 'acme.de', 'beta.de'),
    column('Branche', 'x y', 'z'),
  ]
  expect(certainName([...PERSON, ...company], 'data/export.csv')).toBe('Lead')
  expect(certainName([...PERSON, ...company], 'data/contacts.csv')).toBeUndefined()
  expect(certainName([column('foo', '1')], 'data/contacts.csv')).toBeUndefined()
})

test('compares the usual objects and those that the source is named after', () => {
  const summary = (name: string, label: string) => ({ name, label, createable: true, updateable: true, custom: false })
  const objects = [
    summary('Account', 'Account'),
    summary('Event__c', 'Event'),
    summary('Trade_Fair__c', 'Messe'),
    summary('Order', 'Order'),
  ]
  expect(objectsToCompare(objects, 'data/events.csv')).toEqual(['Event__c', 'Account'])
  expect(objectsToCompare(objects, 'data/Trade Fair 2026.csv')).toEqual(['Trade_Fair__c', 'Account'])
  expect(objectsToCompare(objects, 'data/messe.csv')).toEqual(['Trade_Fair__c', 'Account'])
})
