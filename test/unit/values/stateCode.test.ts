// States and countries in an org with picklists of them: names and codes, and a state within the country of its row.
import { describe, expect, test } from 'vitest'
import { compilePlaceAdvice } from '../../../loader/results/placeAdvice.ts'
import type { FieldDescribe } from '../../../loader/salesforce/describe.ts'
import type { SyncSpecInput } from '../../../packages/client/contract/syncSpec.ts'
import { field, object, planOf, type SpecParts } from '../../rig/describes.ts'
import { mappedRecords } from '../../rig/mappedRecords.ts'

const picklist = { type: 'picklist', restrictedPicklist: true, length: 10 } as const

/** The countries in the order of their bits. */
const COUNTRIES = { AU: 'Australien', BE: 'Belgien', CA: 'Kanada', DE: 'Deutschland', NL: 'Niederlande', US: 'USA' }
const codes = Object.keys(COUNTRIES)

function state(value: string, label: string, country: string, active = true) {
  const validFor = Buffer.from([0x80 >> codes.indexOf(country), 0, 0]).toString('base64')
  return { value, label, active, validFor }
}

const STATE_CODE = field('MailingStateCode', {
  ...{ ...picklist, label: 'Mailing State/Province Code', controllerName: 'MailingCountryCode' },
  picklistValues: [
    state('WA', 'Westaustralien', 'AU'),
    state('VLI', 'Limburg', 'BE'),
    state('BC', 'Britisch-Kolumbien', 'CA'),
    state('ON', 'Ontario', 'CA'),
    state('LI', 'Limburg', 'NL'),
    state('WA', 'Washington', 'US'),
    state('CA', 'Kalifornien', 'US'),
    state('PR', 'Puerto Rico', 'US', false),
  ],
})

const contact = (stateCode: FieldDescribe) =>
  object('Contact', [
    field('LastName', { nillable: false }),
    field('MailingState'),
    field('MailingCountry'),
    stateCode,
    field('MailingCountryCode', {
      ...{ ...picklist, label: 'Mailing Country Code' },
      picklistValues: Object.entries(COUNTRIES).map(([value, label]) => ({ value, label, active: value !== 'DE' })),
    }),
  ])

const PLACES = contact(STATE_CODE)

const FIELDS = { MailingStateCode: 'state', MailingCountryCode: 'country' }

/** The codes of this state and country, or the error; the same by both ways of mapping. */
async function codesOf(
  place: string,
  fields: SyncSpecInput['fields'] = FIELDS,
  parts: Omit<SpecParts, 'fields'> = {},
  describes = PLACES,
) {
  const plan = planOf({ ...parts, fields: { LastName: { value: 'Aster' }, ...fields } }, describes)
  const [record] = await mappedRecords(plan, `state,country\n${place}\n`)
  const row = record?.row as { readonly cells?: readonly string[]; readonly errorMessage?: string }
  expect(record?.line).toBe(row.cells && `${row.cells.join(',')}\n`)
  return row.cells?.slice(1).join(' ') ?? row.errorMessage
}

describe('a state and a country are given by code or by name', () => {
  test.each([
    ['BC,CA', 'BC CA'],
    ['bc,Kanada', 'BC CA'],
    ['Kalifornien,USA', 'CA US'],
    ['BRITISCH-KOLUMBIEN,ca', 'BC CA'],
    ['WA,Australien', 'WA AU'],
    ['WA,US', 'WA US'],
    ['Washington,US', 'WA US'],
    ['Limburg,BE', 'VLI BE'],
    ['Limburg,Niederlande', 'LI NL'],
    ['Ontario,', 'ON '],
    ['WA,', 'WA '],
    [',AU', ' AU'],
  ])('%s', async (place, expected) => {
    expect(await codesOf(place)).toBe(expected)
  })
})

describe('what cannot be decided is rejected with the values that are valid', () => {
  test.each([
    [
      'WA,CA',
      'Mailing State/Province Code: not a state of CA: WA; use one of BC (Britisch-Kolumbien), ON (Ontario) (column state)',
    ],
    ['Limburg,', /^Mailing State\/Province Code: .*Limburg; that is a label, its API value is VLI or LI$/],
    ['PR,US', /not a state of US: PR; use one of WA \(Washington\), CA \(Kalifornien\) \(column state\)$/],
    ['Bayern,Deutschland', /^Mailing State\/Province Code: .*; Mailing Country Code: .*: Deutschland/],
    [
      'Ontario,Canada',
      'Mailing Country Code: bad value for restricted picklist field: Canada; use one of AU, BE, CA, NL, US',
    ],
  ])('%s', async (place, expected) => {
    expect(await codesOf(place)).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected))
  })

  test('also in a country without states', async () => {
    const without = contact({ ...STATE_CODE, picklistValues: [state('BC', 'Britisch-Kolumbien', 'CA')] })
    expect(await codesOf('Vic,AU', FIELDS, {}, without)).toBe(
      'Mailing State/Province Code: not a state of AU: Vic; the org lists none there: leave it blank (column state)',
    )
  })
})

test('the country may be the same for all rows, or the default of blank cells', async () => {
  expect(await codesOf('Limburg,', { ...FIELDS, MailingCountryCode: { value: 'Belgien' } })).toBe('VLI BE')
  const fields = { ...FIELDS, MailingCountryCode: { column: 'country', default: 'NL' } }
  expect([await codesOf('Limburg,', fields), await codesOf('Limburg,BE', fields)]).toEqual(['LI NL', 'VLI BE'])
})

test('values are translated before they are looked up', async () => {
  const fields = {
    ...FIELDS,
    MailingStateCode: { column: 'state', values: { Calif: 'CA' }, unlisted: 'keep' as const },
  }
  expect([await codesOf('calif,US', fields), await codesOf('Limburg,NL', fields)]).toEqual(['CA US', 'LI NL'])
})

test('a picklist that is not restricted has the same names', async () => {
  const open = contact({ ...STATE_CODE, restrictedPicklist: false })
  expect([await codesOf('Limburg,BE', FIELDS, {}, open), await codesOf('Ontario,', FIELDS, {}, open)]).toEqual([
    'VLI BE',
    'ON ',
  ])
  expect(await codesOf('WA,CA', FIELDS, {}, open)).toContain('not a state of CA: WA')
})

test('a sync may declare that names are no codes', async () => {
  const parts = { formats: { picklistLabels: false } }
  expect(await codesOf('Limburg,BE', FIELDS, parts)).toBe(
    'Mailing State/Province Code: not a state of BE: Limburg; use one of VLI (Limburg) (column state)',
  )
})

test('a state is any of the list where describe does not say which countries have it, or no country is mapped', async () => {
  const { controllerName: _, ...independent } = STATE_CODE
  expect(await codesOf('WA,CA', FIELDS, {}, contact(independent))).toBe('WA CA')
  expect(await codesOf('WA,CA', { MailingStateCode: 'state', MailingCountry: 'country' })).toBe('WA CA')
})

test('records whose text was rejected name the fields of the codes', () => {
  const fields = { LastName: 'last', MailingState: 'state', MailingCountry: 'country' }
  const advise = compilePlaceAdvice(planOf({ fields }, PLACES))
  const rejected = "There's a problem with this state, even though it may appear correct.: Mailing State/Province"
  expect(advise(rejected)).toBe(
    `${rejected}; to load codes, or names in the language of the integration user, map MailingStateCode and MailingCountryCode`,
  )
  expect(advise('Another problem')).toBe('Another problem')
  expect(compilePlaceAdvice(planOf({ fields: { LastName: 'last' } }, PLACES))(rejected)).toBe(rejected)
})
