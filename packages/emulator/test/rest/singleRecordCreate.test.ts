import { describe, expect } from 'vitest'
import type { ApiClient } from '../apiClient.ts'
import { test } from '../emulatorTest.ts'

async function createContact(api: ApiClient, fields: Record<string, unknown>): Promise<string> {
  const { status, body } = await api.post('/sobjects/Contact', fields)
  expect(status).toBe(201)
  return (body as { id: string }).id
}

async function shownContact(api: ApiClient, id: string) {
  return (await api.get(`/sobjects/Contact/${id}`)).body as Record<string, unknown>
}

describe('creating a record', () => {
  test('answers as recorded: 201, the id, and the URL of the record', async ({ api }) => {
    const { status, body, headers } = await api.post('/sobjects/Account', { Name: 'Star Wars' })
    expect(status).toBe(201)
    expect(body).toEqual({ id: expect.stringMatching(/^001[0-9A-Za-z]{15}$/), success: true, errors: [] })
    expect(headers.get('location')).toBe(`/services/data/v67.0/sobjects/Account/${(body as { id: string }).id}`)
    expect(headers.get('sforce-limit-info')).toMatch(/^api-usage=\d+\/100000$/)
    expect(headers.get('content-type')).toBe('application/json;charset=UTF-8')
    expect(headers.get('cache-control')).toBe('no-cache,must-revalidate,max-age=0,no-store,private')
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.getSetCookie()).toHaveLength(2)
  })

  test('stores values in Salesforce’s form', async ({ api }) => {
    const id = await createContact(api, {
      LastName: ' Myers ',
      Email: 'Chloe.Myers@Example.com',
      Score__c: 12.345,
      Opt_In__c: 'true',
      Last_Seen__c: '2026-03-01T01:02:03.456+01:00',
      Birthdate: '1990-02-28',
    })
    expect(await shownContact(api, id)).toMatchObject({
      attributes: { type: 'Contact', url: `/services/data/v67.0/sobjects/Contact/${id}` },
      Id: id,
      LastName: 'Myers',
      Email: 'chloe.myers@example.com',
      Score__c: 12.35,
      Opt_In__c: true,
      Last_Seen__c: '2026-03-01T00:02:03.000+0000',
      Birthdate: '1990-02-28',
      FirstName: null,
    })
  })

  test('accepts a number as text, as recorded', async ({ api }) => {
    const { body } = await api.post('/sobjects/Account', { Name: 'Large', NumberOfEmployees: '10000' })
    const { body: account } = await api.get(`/sobjects/Account/${(body as { id: string }).id}`)
    expect(account).toMatchObject({ NumberOfEmployees: 10000 })
  })

  test('finds the parent by its external ID', async ({ api }) => {
    const { body } = await api.post('/sobjects/Account', { Name: 'Parent', Ext_Id__c: 'P-1' })
    const id = await createContact(api, { LastName: 'Child', Account: { Ext_Id__c: 'p-1' } })
    expect(await shownContact(api, id)).toMatchObject({ AccountId: (body as { id: string }).id })
  })
})
