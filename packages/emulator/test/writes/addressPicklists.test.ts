import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiClient, runIngestJob, startEmptyOrg } from '../apiClient.ts'

let api: ApiClient

beforeAll(async () => {
  api = await startEmptyOrg({ addressPicklists: true })
})
afterAll(() => api.emulator.close())

async function create(address: Record<string, unknown>) {
  const { status, body } = await api.post('/sobjects/Contact', { LastName: 'A', ...address })
  return { status, body, path: `/sobjects/Contact/${(body as { id?: string }).id}` }
}

const STATE =
  "There's a problem with this state, even though it may appear correct. Please select a state from the list of valid states.: Mailing State/Province"
const COUNTRY =
  "There's a problem with this country, even though it may appear correct. Please select a country/territory from the list of valid countries.: Mailing Country"
const NO_COUNTRY =
  'A country/territory must be specified before specifying a state value for field: Mailing State/Province'

const OTHER_COUNTRY =
  "The existing country/territory doesn't recognize the state value for field: Mailing State/Province Code"
const MISMATCH = 'Mismatched integration value and ISO code for field: Mailing Country'

describe('an org with state and country picklists', () => {
  test('describes the codes; a state belongs to its country, and two states have the code WA', async () => {
    type Field = { name: string; picklistValues: readonly { value: string; label: string; validFor: string | null }[] }
    const { fields } = (await api.get('/sobjects/Contact/describe')).body as { fields: readonly Field[] }
    const found = fields.find(({ name }) => name === 'MailingStateCode')
    expect(found).toMatchObject({
      restrictedPicklist: true,
      controllerName: 'MailingCountryCode',
      dependentPicklist: true,
    })
    expect(found?.picklistValues.filter(({ value }) => value === 'WA')).toMatchObject([
      { label: 'Western Australia', validFor: 'gAAA' },
      { label: 'Washington', validFor: 'CAAA' },
    ])
  })

  test.each([
    [{ MailingCountry: 'australia', MailingState: 'Western Australia' }],
    [{ MailingCountryCode: 'AU', MailingStateCode: 'WA' }],
    [{ MailingCountryCode: 'AU', MailingState: 'western australia' }],
  ])('stores names and codes of %j', async address => {
    const { path } = await create(address)
    expect((await api.get(path)).body).toMatchObject({
      ...{
        MailingCountry: 'Australia',
        MailingCountryCode: 'AU',
        MailingState: 'Western Australia',
        MailingStateCode: 'WA',
      },
      MailingAddress: { country: 'Australia', countryCode: 'AU', state: 'Western Australia', stateCode: 'WA' },
    })
  })

  test.each([
    [{ MailingCountry: 'Canada', MailingState: 'BC' }, STATE, 'MailingState'],
    [{ MailingCountry: 'Australia', MailingState: 'Washington' }, STATE, 'MailingState'],
    [{ MailingCountryCode: 'CA', MailingStateCode: 'WA' }, OTHER_COUNTRY, 'MailingStateCode'],
    [{ MailingCountry: 'United States', MailingCountryCode: 'AU' }, MISMATCH, 'MailingCountry'],
    [{ MailingCountry: 'Vereinigte Staaten' }, COUNTRY, 'MailingCountry'],
    [{ MailingCountry: 'US' }, COUNTRY, 'MailingCountry'],
    [{ MailingState: 'Texas' }, NO_COUNTRY, 'MailingState'],
  ])('rejects %j in the words of an org (NPSP#994, #2432)', async (address, message, field) => {
    const { status, body } = await create(address)
    expect([status, body]).toEqual([400, [{ message, errorCode: 'FIELD_INTEGRITY_EXCEPTION', fields: [field] }]])
  })

  test('rejects a code that no state has, as any restricted picklist does', async () => {
    const { body } = await create({ MailingCountryCode: 'US', MailingStateCode: 'ZZ' })
    expect(body).toMatchObject([{ errorCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', fields: ['MailingStateCode'] }])
  })

  test('changes a state within its country, and clears both', async () => {
    const { path } = await create({ MailingCountryCode: 'US', MailingStateCode: 'WA' })
    await api.patch(path, { MailingState: 'Texas' })
    expect((await api.get(path)).body).toMatchObject({ MailingStateCode: 'TX', MailingCountryCode: 'US' })
    expect((await api.patch(path, { MailingCountry: 'Canada' })).status).toBe(400)
    await api.patch(path, { MailingCountry: null, MailingState: null })
    expect((await api.get(path)).body).toMatchObject({ MailingStateCode: null, MailingCountryCode: null })
  })

  test('checks the rows of a job alike', async () => {
    const csv = 'LastName,MailingState,MailingCountry\nA,British Columbia,Canada\nB,Kalifornien,United States\n'
    const job = await runIngestJob(api, { object: 'Contact', operation: 'insert' }, csv)
    expect(job).toMatchObject({ numberRecordsProcessed: 2, numberRecordsFailed: 1 })
    const { text } = await api.get(`/jobs/ingest/${job.id}/failedResults`)
    expect(text).toContain(`"FIELD_INTEGRITY_EXCEPTION:${STATE}:MailingState --"`)
  })
})
