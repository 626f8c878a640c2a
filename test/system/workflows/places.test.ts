// Places: geolocations in one column, states and countries by name or code; the same through both engines.
import { expect, test } from 'vitest'
import { ENGINES } from '../../../packages/client/contract/operations.ts'
import { fileRig } from '../../rig/loadRig.ts'

const rig = await fileRig()

test.each(ENGINES)(
  'one column sets both parts of a geolocation, and a second run changes nothing (%s)',
  async engine => {
    const { connection, records } = await rig.openOrg()
    const csv = [
      'key;title;place',
      'P1;Munich;48,1372, 11,5755',
      'P2;Sydney;33.8688 S 151.2093 E',
      'P3;Nowhere;',
      'P4;Unclear;48,11',
    ]
    const given = {
      ...{ connection, object: 'Invoice__c', operation: 'upsert', externalIdField: 'Legacy_Key__c', engine },
      ...{ send: 'changed', source: { uri: await rig.source(`${csv.join('\n')}\n`) } },
      fields: { Legacy_Key__c: 'key', Title__c: 'title', Delivered_At__c: 'place' },
    }
    const { runId, tally } = await rig.load(given)
    expect(tally).toMatchObject({ created: 3, failed: 1 })
    const rows = await rig.rows(runId, 'results.csv')
    expect(rows.at(-1)?.['errormessage']).toMatch(
      /^Delivered At: 48,11 is not a location; expected latitude and longitude/,
    )
    const [latitude, longitude] = ['Delivered_At__Latitude__s', 'Delivered_At__Longitude__s'] as const
    expect(await records('Invoice__c', 'Title__c', latitude, longitude)).toMatchObject([
      { Title__c: 'Munich', [latitude]: 48.1372, [longitude]: 11.5755 },
      { Title__c: 'Sydney', [latitude]: -33.8688, [longitude]: 151.2093 },
      { Title__c: 'Nowhere', [latitude]: null, [longitude]: null },
    ])
    expect(await rig.load(given)).toMatchObject({ tally: { unchanged: 3, failed: 1 } })
  },
)

test.each(ENGINES)('states and countries are loaded by name or code, a state within its country (%s)', async engine => {
  const { connection, records } = await rig.openOrg({ addressPicklists: true })
  const csv = [
    'last,state,country',
    'Name,British Columbia,Canada',
    'Code,BC,Canada',
    'Without country,Western Australia,',
    'West,WA,Australia',
    'North,WA,us',
    'Other,WA,Canada',
    'No states,Bavaria,Germany',
    'Unknown,,Atlantis',
  ]
  const given = { connection, object: 'Contact', operation: 'create', engine, identityFields: ['last'] }
  const uri = await rig.source(`${csv.join('\n')}\n`)
  const country = { column: 'country', default: 'AU' }
  const fields = { LastName: 'last', MailingStateCode: 'state', MailingCountryCode: country }
  const { runId } = await rig.load({ ...given, source: { uri }, fields })
  const rows = await rig.rows(runId, 'results.csv')
  expect(rows.map(({ status, errormessage }) => `${status} ${errormessage}`.trim())).toEqual([
    ...['true', 'true', 'true', 'true', 'true'],
    expect.stringMatching(
      /not a state of CA: WA; use one of AB \(Alberta\), BC \(British Columbia\), .*\(column state\)$/,
    ),
    expect.stringContaining('not a state of DE: Bavaria; the org lists none there: leave it blank (column state)'),
    expect.stringContaining('Atlantis; use one of AU, CA, DE, IT, US'),
  ])
  const stored = await records('Contact', 'LastName', 'MailingStateCode', 'MailingState', 'MailingCountryCode')
  expect(stored).toMatchObject([
    { MailingStateCode: 'BC', MailingCountryCode: 'CA' },
    { MailingStateCode: 'BC', MailingCountryCode: 'CA' },
    { MailingState: 'Western Australia', MailingCountryCode: 'AU' },
    { MailingState: 'Western Australia', MailingCountryCode: 'AU' },
    { MailingState: 'Washington', MailingCountryCode: 'US' },
  ])
})

test.each(ENGINES)('a code in the text field of a state names the field that takes codes (%s)', async engine => {
  const { connection } = await rig.openOrg({ addressPicklists: true })
  const source = { uri: await rig.source('last,state,country\nCode,BC,Canada\n') }
  const fields = { LastName: 'last', MailingState: 'state', MailingCountry: 'country' }
  const { runId } = await rig.load({ connection, object: 'Contact', operation: 'create', engine, source, fields })
  const [row] = await rig.rows(runId, 'results.csv')
  expect(row?.['errormessage']).toMatch(
    /problem with this state.*; to load codes, .* map MailingStateCode and MailingCountryCode$/,
  )
})
