import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseSyncSpec } from '../../../loader/spec/parseSyncSpec.ts'
import { type SuggestionChoices, suggestSync } from '../../../loader/suggest/suggestSync.ts'
import { syncText } from '../../../loader/suggest/syncText.ts'
import { writtenSyncSpecSchema } from '../../../packages/client/contract/syncSpec.ts'
import { active, CONTACT, field, PARENTS } from '../../rig/describes.ts'

const column = (name: string, ...values: readonly string[]) => ({ name, values })
type Columns = Parameters<typeof suggestSync>[0]

const LAST_NAME = column('Nachname', 'Müller', 'Schäfer', 'Groß')

const suggested = (columns: Columns, choices: SuggestionChoices = {}) => suggestSync(columns, CONTACT, PARENTS, choices)

const textOf = (columns: Columns, choices: SuggestionChoices = {}): string =>
  syncText(suggested(columns, choices), {
    connection: 'acme',
    source: { uri: 'file:data/a.csv' },
    reading: 'read as utf-8',
  })

/** A text with single blanks. */
const squeezed = (text: string): string => text.replaceAll(/ +/g, ' ')

/** The fields that are active, by column. */
const taken = (columns: Columns, choices: SuggestionChoices = {}) =>
  Object.fromEntries(
    suggested(columns, choices).matches.flatMap(({ facts, match }) => (match ? [[facts.name, match.key]] : [])),
  )

test('writes a sync with the reason beside each line', () => {
  const text = textOf([
    LAST_NAME,
    column('E-Mail', 'a@b.de', 'c@d.de', 'c@d.de'),
    column('Geburtsdatum', '31.01.1980', '', '05.12.1975'),
    column('Score', '1,5', '2', '3,25'),
    column('HasOptedOutOfEmail', 'Ja', 'Nein', 'Ja'),
    column('Level', 'primary', 'Sekundär', 'Secondary'),
    column('account_code', 'A1', 'A2', 'A1'),
    column('action', 'Update', 'Delete', 'Upsert'),
    column(''),
  ])
  expect(text).toBe(`connection: acme
object: Contact
operation: upsert                           # creates a record or updates the one with the same Email (column E-Mail); 1 repeat one and are rejected
# operation: { column: action }             # ? the column names an operation for each record
externalIdField: Email
source:
  uri: file:data/a.csv                      # read as utf-8
fields:
  LastName: Nachname                        # means last name
  Email: E-Mail                             # same name
  Birthdate: Geburtsdatum                   # means birthdate
  Score__c: Score                           # same name
  HasOptedOutOfEmail: HasOptedOutOfEmail    # same name
  # Level__c: Level                         # ? same name; 1 of 3 different values are not in the picklist
  # Account.Ext_Id__c: account_code         # ? may be the Ext_Id__c of Account
formats:
  dates: [dd.MM.yyyy]                       # as in Geburtsdatum
  decimalSeparator: ","                     # as in Score
  checkbox: { true: [ja], false: [nein] }   # words for a checkbox in the source
identityFields: [E-Mail]                    # repeated in results.csv
# Columns that fill no field:
#   action
#   column 9                                # has no name in the header; give it one to use it`)
  expect(parseSyncSpec(parse(text), { shape: writtenSyncSpecSchema })).toMatchObject({ ok: true })
})

test('takes no order of day and month that the values do not show', () => {
  const born = column('Birthdate', '01/02/1980', '03/04/1975')
  expect(taken([LAST_NAME, born])).toEqual({ Nachname: 'LastName' })
  const text = textOf([LAST_NAME, born])
  expect(squeezed(text)).toContain(
    '# Birthdate: Birthdate # ? same name; its dates have two readings: day or month first',
  )
  expect(text).toContain('? or MM/dd/yyyy: no value of Birthdate decides')
  expect(taken([born], { dates: ['MM/dd/yyyy'] })).toEqual({ Birthdate: 'Birthdate' })
})

test('takes the order of day and month from another column of the source', () => {
  const born = column('Birthdate', '01/02/1980', '03/04/1975')
  const other = column('Anmeldung', '01/31/2024', '02/01/2024')
  expect(suggested([LAST_NAME, born, other]).formats.dates).toEqual(['MM/dd/yyyy'])
  const contrary = column('Seen', '31/01/2024 10:00', '01/02/2024 11:00')
  expect(taken([born, other, contrary])).toEqual({})
})

test('takes the order that a person has chosen for all columns that do not decide, and keeps other patterns', () => {
  const born = column('Birthdate', '01/02/1980', '03/04/1975')
  const seen = column('Seen__c', '01/02/2024 10:00', '03/04/2024 11:00')
  expect(suggested([born, seen], { dates: ['MM/dd/yyyy'] }).formats.dates).toEqual(['MM/dd/yyyy', 'MM/dd/yyyy HH:mm'])
  const points = column('Seen__c', '31.01.2024 10:00', '01.02.2024 11:00')
  expect(suggested([born, points], { dates: ['dd/MM/yyyy'] }).formats.dates).toEqual(['dd/MM/yyyy', 'dd.MM.yyyy HH:mm'])
  expect(taken([born, points], { dates: ['MM/dd/yyyy'] })).toEqual({ Birthdate: 'Birthdate' })
})

test('names the zone of times without an offset', () => {
  const seen = column('Seen__c', '2024-01-31 10:00', '2024-02-01 11:00')
  expect(squeezed(textOf([seen]))).toContain('timeZone: UTC # ? the zone of Seen__c, whose times have no offset')
  expect(suggested([seen], { timeZone: 'Europe/Berlin' }).formats).toEqual({ timeZone: 'Europe/Berlin' })
  expect(suggested([column('Seen__c', '2024-01-31T10:00:00Z', '2024-02-01T11:00:00+0100')]).formats).toEqual({})
})

test('names years of two digits, which cannot be loaded', () => {
  expect(textOf([LAST_NAME, column('Birthdate', '31.01.80', '05.12.75')])).toContain('its years have two digits')
})

test('takes no number whose mark has two readings, and no column that is written otherwise than the rest', () => {
  expect(taken([column('Score', '1.234', '2.500')])).toEqual({})
  expect(taken([column('Score', '1.234', '2.500'), column('Umsatz', '1.234,50', '7,00')])).toEqual({
    Score: 'Score__c',
  })
  expect(taken([column('Score', '1,25', '2,50'), column('Visits', '1.5', '2.5')])).toEqual({ Score: 'Score__c' })
})

test('shows both of two columns that fit one field equally', () => {
  const columns = [
    LAST_NAME,
    column('Telefon', '030 123456', '030 654321'),
    column('Rufnummer', '030 111111', '030 222222'),
  ]
  expect(taken(columns)).toEqual({ Nachname: 'LastName' })
  expect(squeezed(textOf(columns))).toContain('# Phone: Telefon # ? means phone; "Rufnummer" fits Phone too')
  expect(squeezed(textOf(columns))).toContain('# Phone: Rufnummer # ? means phone; "Telefon" fits Phone too')
  expect(taken([...columns, column('Phone', '030 777777', '030 888888')])).toEqual({
    Nachname: 'LastName',
    Phone: 'Phone',
  })
})

test.each<readonly [string, Columns[number]]>([
  ['a phone with e-mail addresses', column('Phone', 'a@b.de', 'c@d.de')],
  ['a mobile that is an answer', column('Mobile', 'yes', 'no')],
  ['a title that is a salutation', column('Job title', 'Mr', 'Mrs')],
  ['a name that has both names', column('Name', 'Anna Müller', 'Uwe Groß')],
  ['the address of a company', column('Company phone number of HQ', '030 123456')],
  ['a birthday without a year', column('Birthday', '05/12', '11/03')],
  ['a birthplace', column('Geburtsort', 'Berlin', 'Essen')],
  ['an e-mail that is a date', column('E-Mail', '2024-01-01', '2024-02-01')],
  ['a number of another system in Id', column('Id', '1', '2')],
  ['Ids of accounts', column('Id', '0015f000001pHvsAAE', '0015f000001pHvtAAE')],
  ['a column that occurs twice', column('Nachname', 'x', 'y')],
  ['a first name that is a number', column('Vorname', '1', '2')],
  ['a level that the picklist does not have', column('Level', 'gold', 'silver')],
])('leaves out %s', (_, misleading) => {
  const columns = misleading.name === 'Nachname' ? [misleading, misleading] : [misleading, column('x', 'y')]
  expect(taken(columns)).toEqual({})
})

test('names the keys that let a create leave the records that the org has', () => {
  const columns = [LAST_NAME, column('E-Mail', 'a@b.de')]
  expect(textOf(columns, { operation: 'create' })).toContain(
    '# each run creates all records; with existing: keep and keyField: Email only those that Contact does not have',
  )
})

test('finds records by the Id, else by an External ID, else by e-mail', () => {
  const ids = column('Kontakt', '0035f000001pHvsAAE', '0035f000001pHvtAAE')
  const external = column('Ext Id', 'A', 'B')
  const email = column('E-Mail', 'a@b.de', 'c@d.de')
  expect(suggested([email, external, ids]).key).toMatchObject({
    operation: 'update',
    identityFields: ['Kontakt', 'Ext Id', 'E-Mail'],
  })
  expect(suggested([email, external]).key).toMatchObject({ operation: 'upsert', externalIdField: 'Ext_Id__c' })
  expect(suggested([email]).key).toMatchObject({ operation: 'upsert', externalIdField: 'Email' })
  expect(suggested([email], { operation: 'update' }).key).toMatchObject({ operation: 'update', keyField: 'Email' })
  expect(suggested([LAST_NAME]).key).toMatchObject({ operation: 'create', identityFields: ['Nachname'] })
})

test('translates values of a picklist: as a comment, or if a person has chosen it', () => {
  const salutation = field('Salutation', { type: 'picklist', picklistValues: active('Mr.', 'Ms.') })
  const contact = { ...CONTACT, fields: [...CONTACT.fields, salutation] }
  const write = (columns: Columns, choices: SuggestionChoices = {}) =>
    syncText(suggestSync(columns, contact, PARENTS, choices), { connection: 'a', source: { uri: 'x' } })
  const columns = [LAST_NAME, column('Anrede', 'Herr', 'Frau', 'Herr')]
  const values = { Herr: 'Mr.', Frau: 'Ms.' }
  expect(write(columns)).toContain('  # Salutation: { column: Anrede, values: { Herr: Mr., Frau: Ms. } }   # ? ')
  expect(parse(write(columns)).fields).toEqual({ LastName: 'Nachname' })
  const anrede = { key: 'Salutation', reason: 'as chosen', translated: true }
  expect(parse(write(columns, { fields: new Map([['Anrede', anrede]]) }))).toMatchObject({
    source: { uri: 'x' },
    fields: { LastName: 'Nachname', Salutation: { column: 'Anrede', values } },
  })
  expect(write([LAST_NAME, column('Anrede', 'Herr', 'Firma')])).not.toContain('values:')
})

test('keeps words that the picklist has, and those that a restricted one may have', () => {
  const columns = [LAST_NAME, column('Anrede', 'Herr', 'Ms.')]
  const anrede = { key: 'Salutation', reason: 'as chosen', translated: true }
  const mappingIn = (restrictedPicklist: boolean) => {
    const salutation = field('Salutation', {
      type: 'picklist',
      restrictedPicklist,
      picklistValues: active('Mr.', 'Ms.'),
    })
    const contact = { ...CONTACT, fields: [...CONTACT.fields, salutation] }
    const suggested = suggestSync(columns, contact, PARENTS, { fields: new Map([['Anrede', anrede]]) })
    return parse(syncText(suggested, { connection: 'a', source: { uri: 'x' } })).fields.Salutation
  }
  expect(mappingIn(false)).toEqual({ column: 'Anrede', values: { 'Ms.': 'Ms.', Herr: 'Mr.' } })
  expect(mappingIn(true)).toEqual({ column: 'Anrede', values: { Herr: 'Mr.' }, unlisted: 'keep' })
})

test('reads marks of databases as blank values', () => {
  const columns = [column('Nachname', 'Müller', 'NULL', 'Groß'), column('Birthdate', '\\N', '2024-01-31', 'NULL')]
  expect(taken(columns)).toEqual({ Nachname: 'LastName', Birthdate: 'Birthdate' })
  expect(parse(textOf(columns)).source.blankValues).toEqual(['NULL', '\\N'])
})

test('lists required fields that no column fills', () => {
  expect(squeezed(textOf([column('E-Mail', 'a@b.de')]))).toContain(
    '# LastName: { value: … } # required, and no column fills it',
  )
})

test('writes names of columns that YAML would read as something else, on one line', () => {
  const names = ['x: "y"\n# z', '- a', '{b}', '#c', "it's", '\u2028d', 'true', '', 'Ext_Id__c: evil']
  for (const name of names) {
    const columns = [LAST_NAME, column(name, '1', '2')]
    const text = textOf(columns, { fields: new Map([[name, { key: 'Description', reason: 'as chosen' }]]) })
    expect(parse(text)).toMatchObject({ fields: { LastName: 'Nachname', Description: name } })
    expect(Object.keys(parse(textOf(columns)).fields)).toEqual(['LastName'])
  }
})
