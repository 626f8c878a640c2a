import { describe, expect } from 'vitest'
import { type ApiClient, startEmptyOrg } from '../apiClient.ts'
import { test } from '../emulatorTest.ts'

const LONG_AGO = 'Wed, 01 Jan 2020 00:00:00 GMT'
const LATER = 'Fri, 01 Jan 2100 00:00:00 GMT'

async function newContact(api: ApiClient, fields: Record<string, unknown> = {}): Promise<string> {
  const { body } = await api.post('/sobjects/Contact', { LastName: 'Conditional', ...fields })
  return (body as { id: string }).id
}

describe('conditional requests of a record (intro_rest_conditional_requests)', () => {
  test('If-Unmodified-Since protects a newer record with 412', async ({ api }) => {
    const path = `/sobjects/Contact/${await newContact(api)}`
    const { status, body } = await api.patch(path, { Title: 'Lost' }, { 'if-unmodified-since': LONG_AGO })
    expect([status, body]).toMatchObject([412, [{ errorCode: 'PRECONDITION_FAILED' }]])
    expect((await api.get(path)).body).toMatchObject({ Title: null })
    expect((await api.patch(path, { Title: 'Kept' }, { 'if-unmodified-since': LATER })).status).toBe(204)
    expect((await api.get(path, { 'if-unmodified-since': LONG_AGO })).status).toBe(412)
  })

  test('If-Unmodified-Since holds for an upsert too', async ({ api }) => {
    await newContact(api, { Ext_Id__c: 'conditional' })
    const path = '/sobjects/Contact/Ext_Id__c/conditional'
    expect((await api.patch(path, { Title: 'Lost' }, { 'if-unmodified-since': LONG_AGO })).status).toBe(412)
  })

  test('If-Unmodified-Since that is no date is 400 for a PATCH', async ({ api }) => {
    const path = `/sobjects/Contact/${await newContact(api)}`
    expect((await api.patch(path, { Title: 'x' }, { 'if-unmodified-since': 'yesterday' })).status).toBe(400)
  })

  test('If-Modified-Since answers 304 until the record is modified, to the second', async () => {
    const clock = { now: Date.UTC(2026, 10, 28, 12, 0, 0, 500) }
    const api = await startEmptyOrg({ clock: () => clock.now })
    const path = `/sobjects/Contact/${await newContact(api)}`
    const since = { 'if-modified-since': new Date(clock.now).toUTCString() }
    const unchanged = await api.get(path, since)
    clock.now += 1000
    await api.patch(path, { Title: 'New' })
    const changed = await api.get(path, since)
    await api.emulator.close()
    expect([unchanged.status, unchanged.text]).toEqual([304, ''])
    expect([changed.status, changed.body]).toMatchObject([200, { Title: 'New' }])
  })
})

describe('the ETag of an account (intro_rest_conditional_requests)', () => {
  test('is read, matched and changed with the record', async ({ api }) => {
    const { id } = (await api.post('/sobjects/Account', { Name: 'Tagged' })).body as { id: string }
    const path = `/sobjects/Account/${id}`
    const tag = (await api.get(path)).headers.get('etag') ?? ''
    expect(tag).toMatch(/^"[A-Za-z0-9+/]{43}="$/)
    expect((await api.get(path, { 'if-none-match': `"other", ${tag.slice(0, -1)}--gzip"` })).status).toBe(304)
    expect((await api.get(path, { 'if-match': '"other"' })).status).toBe(412)
    const changed = await api.patch(path, { Site: 'Bern' }, { 'if-match': tag })
    expect([changed.status, changed.headers.get('etag') === tag]).toEqual([204, false])
    expect((await api.patch(path, { Site: 'Lost' }, { 'if-match': tag })).status).toBe(412)
    expect((await api.patch(path, { Site: 'x' }, { 'if-none-match': changed.headers.get('etag') ?? '' })).status).toBe(
      412,
    )
    expect((await api.patch(path, { Site: 'x' }, { 'if-match': 'no tag' })).status).toBe(400)
    expect((await api.get(path)).body).toMatchObject({ Site: 'Bern' })
  })

  test('no other record has one', async ({ api }) => {
    const path = `/sobjects/Contact/${await newContact(api)}`
    expect((await api.get(path)).headers.has('etag')).toBe(false)
    expect((await api.patch(path, { Title: 'x' }, { 'if-match': '"other"' })).status).toBe(204)
  })
})

test('an id that does not look like one is taken for a key field (restforce#376)', async ({ api }) => {
  const message = 'Provided external ID field does not exist or is not accessible: xyz'
  const answers = [
    await api.get('/sobjects/Contact/xyz'),
    await api.patch('/sobjects/Contact/xyz', { Title: 'x' }),
    await api.delete('/sobjects/Contact/xyz'),
  ]
  for (const { status, body } of answers) expect([status, body]).toEqual([404, [{ errorCode: 'NOT_FOUND', message }]])
})

test('an address is an object in a record, as in a query', async ({ api }) => {
  const id = await newContact(api, { MailingCity: 'Bern', MailingCountry: 'Switzerland' })
  const MailingAddress = { city: 'Bern', country: 'Switzerland', state: null, street: null }
  expect((await api.get(`/sobjects/Contact/${id}`)).body).toMatchObject({ MailingAddress, OtherAddress: null })
  const read = await api.get(`/composite/sobjects/Contact?ids=${id}&fields=MailingAddress`)
  expect(read.body).toMatchObject([{ MailingAddress }])
})

test('a double has a decimal point or an exponent, as in Java', async ({ api }) => {
  const id = await newContact(api, { Score__c: 12 })
  const account = (await api.post('/sobjects/Account', { Name: 'A', AnnualRevenue: 350_000_000 })).body as {
    id: string
  }
  expect((await api.get(`/sobjects/Contact/${id}?fields=Score__c`)).text).toContain('"Score__c":12.0}')
  const queried = await api.get(`/query?q=SELECT AnnualRevenue FROM Account WHERE Id = '${account.id}'`)
  expect(queried.text).toContain('"AnnualRevenue":3.5E8}')
  expect((await api.get('/query?q=SELECT MAX(Score__c) top FROM Contact')).text).toContain('"top":12.0}')
})
