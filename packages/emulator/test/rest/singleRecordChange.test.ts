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

describe('updating and deleting a record', () => {
  test('changes the given fields, clears those that are null, and leaves the others', async ({ api }) => {
    const id = await createContact(api, { LastName: 'Keep', FirstName: 'Change', Title: 'Clear' })
    const { status, text } = await api.patch(`/sobjects/Contact/${id}`, { FirstName: 'Changed', Title: null })
    expect([status, text]).toEqual([204, ''])
    expect(await shownContact(api, id)).toMatchObject({
      LastName: 'Keep',
      FirstName: 'Changed',
      Title: null,
      Name: 'Changed Keep',
    })
  })

  test('accepts an id of 15 characters', async ({ api }) => {
    const id = await createContact(api, { LastName: 'Short' })
    expect((await api.patch(`/sobjects/Contact/${id.slice(0, 15)}`, { Title: 'x' })).status).toBe(204)
  })

  test('rejects an id with a wrong checksum as recorded', async ({ api }) => {
    const { status, body } = await api.patch('/sobjects/Invoice__c/a00B000000FSjVUIB1', { Title__c: 'x' })
    expect(status).toBe(400)
    expect(body).toEqual([
      {
        message: 'Record ID: id value of incorrect type: a00B000000FSjVUIB1',
        errorCode: 'MALFORMED_ID',
        fields: ['Id'],
      },
    ])
  })

  test('reports deleted records as deleted', async ({ api }) => {
    const id = await createContact(api, { LastName: 'Gone' })
    expect((await api.delete(`/sobjects/Contact/${id}`)).status).toBe(204)
    const again = await api.delete(`/sobjects/Contact/${id}`)
    expect(again.status).toBe(404)
    expect(again.body).toEqual([{ message: 'entity is deleted', errorCode: 'ENTITY_IS_DELETED', fields: [] }])
  })
})

describe('upserting a record', () => {
  test('creates with 201, then updates with 200', async ({ api }) => {
    const created = await api.patch('/sobjects/Contact/Ext_Id__c/up%2F1', { LastName: 'New' })
    expect([created.status, created.body]).toEqual([
      201,
      { id: expect.any(String), success: true, errors: [], created: true },
    ])
    const updated = await api.patch('/sobjects/Contact/Ext_Id__c/UP%2F1', { LastName: 'Newer' })
    const { id } = created.body as { id: string }
    expect([updated.status, updated.body]).toEqual([200, { id, success: true, errors: [], created: false }])
    expect(await shownContact(api, id)).toMatchObject({ Ext_Id__c: 'up/1', LastName: 'Newer' })
  })

  test('never creates with updateOnly', async ({ api }) => {
    const { status } = await api.patch('/sobjects/Contact/Ext_Id__c/none?updateOnly=true', { LastName: 'New' })
    expect(status).toBe(404)
  })

  test('answers 300 with the URLs of the records when several have the key', async ({ api }) => {
    const ids = [
      await createContact(api, { LastName: 'A', Email: 'two@example.com' }),
      await createContact(api, { LastName: 'B', Email: 'two@example.com' }),
    ]
    const { status, body } = await api.patch('/sobjects/Contact/Email/Two@example.com', { LastName: 'C' })
    expect([status, body]).toEqual([300, ids.map(id => `/services/data/v67.0/sobjects/Contact/${id}`)])
  })

  test('rejects a key that is not an external ID', async ({ api }) => {
    const { status, body } = await api.patch('/sobjects/Contact/Title/x', { LastName: 'C' })
    expect(status).toBe(404)
    expect(body).toEqual([
      { errorCode: 'NOT_FOUND', message: 'Provided external ID field does not exist or is not accessible: Title' },
    ])
  })
})
