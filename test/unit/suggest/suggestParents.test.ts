// Columns that name a parent by a field that is no key, in the org or in another row, and columns with places.
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseSyncSpec } from '../../../loader/spec/parseSyncSpec.ts'
import { suggestSync } from '../../../loader/suggest/suggestSync.ts'
import { syncText } from '../../../loader/suggest/syncText.ts'
import { writtenSyncSpecSchema } from '../../../packages/client/contract/syncSpec.ts'
import { active, CONTACT, field, object } from '../../rig/describes.ts'

const column = (name: string, ...values: readonly string[]) => ({ name, values })
type Columns = Parameters<typeof suggestSync>[0]

const reference = (name: string, relationshipName: string, ...referenceTo: readonly string[]) =>
  field(name, { type: 'reference', label: `${relationshipName} ID`, relationshipName, referenceTo })

const email = field('Email', { type: 'email', idLookup: true })
const ACCOUNT = object('Account', [
  field('Name', { label: 'Account Name', nillable: false }),
  field('Ext_Id__c', { label: 'Ext Id', externalId: true, unique: true }),
  { ...reference('ParentId', 'Parent', 'Account'), label: 'Parent Account ID' },
  field('Site'),
])
const CAMPAIGN = object('Campaign', [field('Name', { label: 'Campaign Name', nillable: false })])
const PARENTS = new Map([
  ['Account', ACCOUNT],
  ['Campaign', CAMPAIGN],
  ['Contact', CONTACT],
  ['Lead', object('Lead', [email, field('Company')])],
  ['User', object('User', [email])],
])
const TASK = object('Task', [field('Subject'), reference('WhoId', 'Who', 'Contact', 'Lead')])
const MEMBER = object('CampaignMember', [
  { ...reference('CampaignId', 'Campaign', 'Campaign'), nillable: false },
  reference('ContactId', 'Contact', 'Contact'),
  reference('LeadId', 'Lead', 'Lead'),
])

/** The lines under `fields:`, with single blanks; each must be valid without its mark. */
function linesOf(describes: typeof ACCOUNT, ...columns: Columns): readonly string[] {
  const suggested = suggestSync(columns, describes, PARENTS)
  const text = syncText(suggested, { connection: 'acme', source: { uri: 'file:data/a.csv' } })
  const lines = text.split('\n').filter(line => /^ {2}(?:# )?[\w.":]+: (?!file:)/.test(line))
  const spec = parse(text)
  for (const line of lines) {
    const fields = parse(line.replace(/^ {2}# /, '  '))
    const parsed = parseSyncSpec({ ...spec, operation: 'create', fields }, { shape: writtenSyncSpecSchema })
    expect(parsed.ok ? [] : parsed.problems.filter(({ path }) => path[0] === 'fields')).toEqual([])
  }
  return lines.map(line => line.trim().replaceAll(/ +/g, ' '))
}

describe('a parent that the org may have twice is proposed, and taken only by its values in the org', () => {
  test.each([['Company'], ['Account Name'], ['Firma'], ['Account']])('the account of a contact by %s', name => {
    const lines = linesOf(CONTACT, column('Last Name', 'Miller', 'Lee'), column(name, 'Acme', 'Bolt GmbH'))
    expect(lines).toContain(
      `# AccountId: { lookup: Account, by: Name, from: ${name} } # ? may be the Account Name of Account`,
    )
  })

  test.each(['Email', 'who', 'Attendee'])('the contact or lead of a task by %s', name => {
    const lines = linesOf(TASK, column('Subject', 'Call', 'Mail'), column(name, 'a@b.de', 'c@d.de'))
    const proposed = `# WhoId: { lookup: [Contact, Lead], by: Email, from: ${name} } # ? may be the Email of Contact or Lead`
    expect(lines).toContain(proposed)
  })

  test('campaign and person of a campaign member', () => {
    const lines = linesOf(MEMBER, column('Kampagne', 'Fair', 'Fair'), column('E-Mail', 'a@b.de', 'c@d.de'))
    expect(lines.map(line => line.replace(/ # .*/, ''))).toEqual([
      '# CampaignId: { lookup: Campaign, by: Name, from: Kampagne }',
      '# ContactId: { lookup: Contact, by: Email, from: E-Mail }',
      '# LeadId: { lookup: Lead, by: Email, from: E-Mail }',
      '# CampaignId: { value: … }',
    ])
  })

  test('the owner by an e-mail address', () => {
    const lines = linesOf(CONTACT, column('Last Name', 'Miller', 'Lee'), column('Owner Email', 'a@b.de', 'c@d.de'))
    expect(lines).toContain('OwnerId: { lookup: User, by: Email, from: Owner Email } # same name')
  })

  test.each([
    ['a company that is the record itself', ACCOUNT, column('Company', 'Acme', 'Bolt')],
    ['names of owners', CONTACT, column('Owner', 'Jane', 'Tim')],
    ['dates', CONTACT, column('Account', '2024-01-01', '2024-01-02')],
    ['the own address of a contact', CONTACT, column('Email', 'a@b.de', 'c@d.de')],
  ])('and no lookup for %s', (_, describes, given) => {
    expect(linesOf(describes, given).filter(line => line.includes('lookup:'))).toEqual([])
  })
})

describe('a parent in another row of the source is taken', () => {
  const names = column('Name', 'Acme', 'Acme North', 'Acme South')

  test('by the column that has its key', () => {
    const lines = linesOf(ACCOUNT, column('ref', 'A', 'B', 'C'), names, column('parent ref', '', 'A', 'A'))
    expect(lines).toContain(
      'ParentId: { sync: self, by: ref, from: parent ref } # its values are those of ref in other rows',
    )
  })

  test('by the External ID that the source fills', () => {
    const lines = linesOf(ACCOUNT, column('Ext Id', 'A', 'B', 'C'), names, column('Parent Account Code', '', 'A', 'A'))
    expect(lines).toContain('Parent.Ext_Id__c: Parent Account Code # its values are those of Ext Id in other rows')
  })

  test.each([
    ['values that no other row has', column('parent ref', '', 'X', 'Y')],
    ['a name that says something else', column('region', '', 'A', 'A')],
    ['one child alone', column('parent ref', '', '', 'A')],
  ])('and not by %s', (_, parent) => {
    const lines = linesOf(ACCOUNT, column('ref', 'A', 'B', 'C'), names, parent)
    expect(lines.filter(line => /^Parent|self/.test(line))).toEqual([])
  })

  test('and only proposed where records are not created alone', () => {
    const others = CONTACT.fields.filter(({ name }) => name !== 'ReportsToId')
    const contacts = object('Contact', [...others, reference('ReportsToId', 'ReportsTo', 'Contact')])
    const mails = ['a@b.de', 'b@b.de', 'c@b.de']
    const lines = linesOf(
      contacts,
      column('Email', ...mails),
      column('Last Name', 'A', 'B', 'C'),
      column('Reports To', '', mails[0] ?? '', mails[0] ?? ''),
    )
    expect(lines).toContain(
      '# ReportsToId: { sync: self, by: Email, from: Reports To } # ? its values are those of Email in other rows; with operation: create',
    )
  })
})

describe('columns with places', () => {
  const codes = { type: 'picklist', restrictedPicklist: true } as const
  const place = object('Contact', [
    ...CONTACT.fields,
    field('MailingState', { label: 'Mailing State/Province' }),
    field('MailingCountry', { label: 'Mailing Country' }),
    field('MailingStateCode', { ...codes, picklistValues: [{ value: 'CA', label: 'California', active: true }] }),
    field('MailingCountryCode', { ...codes, picklistValues: active('US', 'CA') }),
    field('Site__c', { label: 'Site', type: 'location', createable: false, updateable: false }),
    field('Site__Latitude__s', { type: 'double' }),
    field('Site__Longitude__s', { type: 'double' }),
  ])
  const LAST = column('Last Name', 'Miller', 'Lee')

  test.each([
    ['names of states', column('State', 'California', 'California'), 'MailingStateCode: State # means state'],
    ['codes of countries', column('Country', 'US', 'us'), 'MailingCountryCode: Country # means country'],
    ['both coordinates', column('Site', '48.1372, 11.5755', '48,2; 11,6'), 'Site__c: Site # same name'],
  ])('fill the field that takes %s', (_, given, expected) => {
    expect(linesOf(place, LAST, given)).toContain(expected)
  })

  test('and a translation for countries in another language', () => {
    expect(linesOf(place, LAST, column('Land', 'Vereinigte Staaten', 'Canadá', 'US'))).toContain(
      '# MailingCountryCode: { column: Land, values: { Vereinigte Staaten: US, Canadá: CA }, unlisted: keep } # ? means country; 2 of 3 different values are not in the picklist, Vereinigte Staaten -> US, Canadá -> CA',
    )
    expect(linesOf(place, LAST, column('Land', 'Atlantis', 'USA')).join()).not.toContain('values:')
  })

  test.each([
    ['names that the picklist does not have', column('State', 'Kalifornien', 'Bayern')],
    ['names of places', column('Site', 'Munich', 'Berlin')],
  ])('and nothing certainly with %s', (_, given) => {
    expect(linesOf(place, LAST, given).filter(line => !line.startsWith('#'))).toEqual([
      expect.stringMatching(/^LastName/),
    ])
  })
})
