import { expect } from 'vitest'
import type { ApiClient } from '../apiClient.ts'
import { test } from '../emulatorTest.ts'

async function create(api: ApiClient, object: string, fields: Record<string, unknown>): Promise<string> {
  return ((await api.post(`/sobjects/${object}`, fields)).body as { id: string }).id
}

test('a queue owns leads and cases; Owner has the fields of users and groups, and a Type', async ({ api }) => {
  const OwnerId = await create(api, 'Group', { Name: 'Hot Leads', DeveloperName: 'Hot_Leads', Type: 'Queue' })
  await create(api, 'Lead', { LastName: 'Of a queue', Company: 'C', OwnerId })
  await create(api, 'Lead', { LastName: 'Of a user', Company: 'C' })
  const soql = 'SELECT LastName, Owner.Name, Owner.Type FROM Lead ORDER BY LastName'
  expect(await api.query(soql)).toMatchObject([
    { LastName: 'Of a queue', Owner: { Name: 'Hot Leads', Type: 'Queue' } },
    { LastName: 'Of a user', Owner: { Name: 'Integration User', Type: 'User' } },
  ])
  expect(await api.query("SELECT LastName FROM Lead WHERE Owner.Type = 'Queue'")).toMatchObject([
    { LastName: 'Of a queue' },
  ])
  const username = 'integration@emulator.example'
  expect(await api.query(`SELECT LastName FROM Lead WHERE Owner.Username = '${username}'`)).toMatchObject([
    { LastName: 'Of a user' },
  ])
})

test('Who of a task is a contact or a lead, by its Type', async ({ api }) => {
  const contact = await create(api, 'Contact', { LastName: 'C' })
  const lead = await create(api, 'Lead', { LastName: 'L', Company: 'C' })
  for (const WhoId of [contact, lead]) await create(api, 'Task', { Subject: 'Call', WhoId })
  expect(await api.query('SELECT Who.Type, Who.Company FROM Task ORDER BY Who.Type')).toMatchObject([
    { Who: { Type: 'Contact', Company: null } },
    { Who: { Type: 'Lead', Company: 'C' } },
  ])
})

test('a queue cannot own a contact', async ({ api }) => {
  const OwnerId = await create(api, 'Group', { Name: 'Q', Type: 'Queue' })
  const { status, body } = await api.post('/sobjects/Contact', { LastName: 'A', OwnerId })
  expect([status, body]).toMatchObject([400, [{ errorCode: 'MALFORMED_ID', fields: ['OwnerId'] }]])
})
