import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startEmulator } from '../../index.ts'
import { type ApiClient, apiClient, runIngestJob } from '../apiClient.ts'

let api: ApiClient
let users: Readonly<Record<string, string>>

beforeAll(async () => {
  api = apiClient(await startEmulator())
  const rows = await api.query('SELECT Id, FirstName FROM User')
  users = Object.fromEntries(rows.map(({ Id, FirstName }) => [FirstName, Id]))
})
afterAll(() => api.emulator.close())

async function create(object: string, fields: Record<string, unknown>): Promise<string> {
  const { status, body } = await api.post(`/sobjects/${object}`, fields)
  expect({ status, body }).toMatchObject({ status: 201 })
  return (body as { id: string }).id
}

function rejection({ status, body }: { status: number; body: unknown }) {
  const [error] = body as readonly { errorCode: string; message: string }[]
  return [status, error?.errorCode, error?.message]
}

const CONVERTED = [400, 'CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead']
const RING = [400, 'CIRCULAR_DEPENDENCY', 'attempt to violate hierarchy constraints']

describe('the owner of a record', () => {
  test('is an active user of the seed, or a queue', async () => {
    const soql = "SELECT Username, Email FROM User WHERE IsActive = true AND Email LIKE '%@acme.example' ORDER BY Email"
    expect(await api.query(soql)).toMatchObject([
      { Username: 'ada.sales@emulator.example', Email: 'ada@acme.example' },
      { Username: 'ben.sales@emulator.example', Email: 'ben@acme.example' },
    ])
    const id = await create('Opportunity', {
      Name: 'Owned',
      StageName: 'Prospecting',
      CloseDate: '2026-12-24',
      OwnerId: users['Ada'],
    })
    expect((await api.get(`/sobjects/Opportunity/${id}`)).body).toMatchObject({ OwnerId: users['Ada'] })
  })

  test('is not an inactive user', async () => {
    const OwnerId = users['Cleo'] ?? ''
    const message = `operation performed with inactive user [${OwnerId.slice(0, 15)}] as owner of contact`
    const expected = [400, 'INACTIVE_OWNER_OR_USER', message]
    expect(rejection(await api.post('/sobjects/Contact', { LastName: 'A', OwnerId }))).toEqual(expected)
    const job = await runIngestJob(api, { object: 'Contact', operation: 'insert' }, `LastName,OwnerId\nA,${OwnerId}\n`)
    const { text } = await api.get(`/jobs/ingest/${job.id}/failedResults`)
    expect(text).toContain(`"INACTIVE_OWNER_OR_USER:${message}:--"`)
  })
})

describe('a converted lead', () => {
  test('gets no tasks, no campaigns and no changes', async () => {
    const lead = await create('Lead', { LastName: 'L', Company: 'C', IsConverted: true })
    const CampaignId = await create('Campaign', { Name: 'Spring' })
    expect(rejection(await api.post('/sobjects/Task', { Subject: 'Call', WhoId: lead }))).toEqual(CONVERTED)
    expect(rejection(await api.post('/sobjects/CampaignMember', { CampaignId, LeadId: lead }))).toEqual(CONVERTED)
    expect(rejection(await api.patch(`/sobjects/Lead/${lead}`, { Title: 'Dr' }))).toEqual(CONVERTED)
    expect(await api.query(`SELECT Id FROM Lead WHERE IsConverted = false AND Id = '${lead}'`)).toEqual([])
  })
})

describe('a task', () => {
  test('of a lead has no other record', async () => {
    const WhoId = await create('Lead', { LastName: 'L', Company: 'C' })
    const WhatId = await create('Account', { Name: 'A' })
    await create('Task', { Subject: 'Call', WhoId })
    const [status, code] = rejection(await api.post('/sobjects/Task', { Subject: 'Call', WhoId, WhatId }))
    expect([status, code]).toEqual([400, 'FIELD_INTEGRITY_EXCEPTION'])
  })
})

describe('the parents of an account', () => {
  test('never lead to the account itself', async () => {
    const top = await create('Account', { Name: 'Top' })
    const middle = await create('Account', { Name: 'Middle', ParentId: top })
    const bottom = await create('Account', { Name: 'Bottom', ParentId: middle })
    expect(rejection(await api.patch(`/sobjects/Account/${top}`, { ParentId: top }))).toEqual(RING)
    expect(rejection(await api.patch(`/sobjects/Account/${top}`, { ParentId: bottom }))).toEqual(RING)
    expect((await api.patch(`/sobjects/Account/${bottom}`, { ParentId: top })).status).toBe(204)
  })

  test('are cleared when the parent is deleted', async () => {
    const top = await create('Account', { Name: 'Top' })
    const child = await create('Account', { Name: 'Child', ParentId: top })
    await api.delete(`/sobjects/Account/${top}`)
    expect((await api.get(`/sobjects/Account/${child}`)).body).toMatchObject({ ParentId: null })
  })
})

describe('the deletion of an account', () => {
  test('takes its opportunities, unless one is won', async () => {
    const AccountId = await create('Account', { Name: 'Sold' })
    const deal = { Name: 'Deal', CloseDate: '2026-12-24', AccountId }
    const open = await create('Opportunity', { ...deal, StageName: 'Prospecting' })
    const won = await create('Opportunity', { ...deal, Name: 'Won deal', StageName: 'Closed Won' })
    const [status, code, message] = rejection(await api.delete(`/sobjects/Account/${AccountId}`))
    expect([status, code, message]).toEqual([400, 'DELETE_FAILED', expect.stringMatching(/closed won.*: Won deal\n$/)])
    await api.delete(`/sobjects/Opportunity/${won}`)
    expect((await api.delete(`/sobjects/Account/${AccountId}`)).status).toBe(204)
    expect((await api.get(`/sobjects/Opportunity/${open}`)).status).toBe(404)
  })
})

describe('the record types of opportunities', () => {
  test('are in an org that has some', async () => {
    const rows = await api.query("SELECT Id, DeveloperName FROM RecordType WHERE SobjectType = 'Opportunity'")
    const ids = Object.fromEntries(rows.map(({ Id, DeveloperName }) => [DeveloperName, Id]))
    const deal = { Name: 'Typed', CloseDate: '2026-12-24', StageName: 'Prospecting' }
    const id = await create('Opportunity', { ...deal, RecordTypeId: ids['Renewal'] })
    const soql = `SELECT RecordType.DeveloperName FROM Opportunity WHERE Id = '${id}'`
    expect(await api.query(soql)).toMatchObject([{ RecordType: { DeveloperName: 'Renewal' } }])
    const inactive = await api.post('/sobjects/Opportunity', { ...deal, RecordTypeId: ids['Old_Deal'] })
    expect(rejection(inactive).slice(0, 2)).toEqual([400, 'INVALID_CROSS_REFERENCE_KEY'])
    const { body } = await api.get('/sobjects/Contact/describe')
    expect((body as { fields: { name: string }[] }).fields.map(({ name }) => name)).not.toContain('RecordTypeId')
  })
})

describe('a geolocation', () => {
  test('is written by its two parts, within their range', async () => {
    const parts = { Location__Latitude__s: 52.520008, Location__Longitude__s: 13.404954 }
    const id = await create('Account', { Name: 'Berlin', ...parts })
    expect((await api.get(`/sobjects/Account/${id}`)).body).toMatchObject({
      ...parts,
      Location__c: { latitude: 52.520008, longitude: 13.404954 },
    })
    const wrong = await api.post('/sobjects/Account', { Name: 'Nowhere', Location__Latitude__s: 90.5 })
    expect(rejection(wrong).slice(0, 2)).toEqual([400, 'NUMBER_OUTSIDE_VALID_RANGE'])
  })
})
