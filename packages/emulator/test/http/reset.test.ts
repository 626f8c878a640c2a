import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_USER, type Emulator, startEmulator } from '../../index.ts'
import { type ApiClient, apiClient, runIngestJob } from '../apiClient.ts'

let emulator: Emulator
let api: ApiClient

beforeEach(async () => {
  emulator = await startEmulator()
  api = apiClient(emulator)
})
afterEach(() => emulator.close())

function overHttp(): Promise<Response> {
  return fetch(`${emulator.url}/emulator/reset`, { method: 'POST' })
}

async function logIn(form: Readonly<Record<string, string>>): Promise<Response> {
  const { clientId: client_id, clientSecret: client_secret } = emulator.credentials
  const body = new URLSearchParams({ client_id, client_secret, ...form })
  return fetch(`${emulator.url}/services/oauth2/token`, { method: 'POST', body })
}

async function allContacts(): Promise<string> {
  return (await fetch(`${emulator.url}/emulator/records/Contact?fields=Id,LastName,Email,AccountId,OwnerId`)).text()
}

describe.each([
  ['POST /emulator/reset', overHttp],
  ['reset()', () => emulator.reset()],
])('%s', (_, reset) => {
  test('restores the seed records, with the same ids', async () => {
    const before = await allContacts()
    const [contact] = await api.query("SELECT Id FROM Contact WHERE Email = 'contact001@example.com'")
    await api.delete(`/sobjects/Contact/${contact?.['Id']}`)
    await api.post('/sobjects/Contact', { LastName: 'New' })
    await api.post('/sobjects/Invoice__c', {})
    expect(await allContacts()).not.toBe(before)
    await reset()
    expect(await allContacts()).toBe(before)
    expect(emulator.org.countLive('Invoice__c')).toBe(0)
    expect(await api.query("SELECT COUNT(Id) n FROM Contact WHERE LastName = 'New'")).toMatchObject([{ n: 0 }])
  })

  test('removes files and duplicate rules', async () => {
    const file = await api.post('/sobjects/ContentVersion', { PathOnClient: 'a.txt', VersionData: 'YQ==' })
    emulator.org.duplicateRules.add({ object: 'Contact', fields: ['LastName'], action: 'block' })
    await reset()
    const { id } = file.body as { id: string }
    expect((await api.get(`/sobjects/ContentVersion/${id}/VersionData`)).status).toBe(404)
    await api.post('/sobjects/Contact', { LastName: 'Same' })
    expect((await api.post('/sobjects/Contact', { LastName: 'Same' })).status).toBe(201)
  })

  test('removes jobs, query cursors and faults, and sets the statistics to zero', async () => {
    const job = await runIngestJob(api, { object: 'Contact', operation: 'insert' }, 'LastName\nA\n')
    const queryJob = await api.post('/jobs/query', { operation: 'query', query: 'SELECT Id FROM Contact' })
    const page = await api.get('/query?q=SELECT+Id+FROM+Contact', { 'sforce-query-options': 'batchSize=200' })
    emulator.faults.add({ match: { operation: 'limits' }, fault: { type: 'cutBefore' } })
    await reset()
    expect(emulator.stats()).toEqual({
      apiCalls: 0,
      calls: {},
      created: {},
      updated: {},
      deleted: {},
      jobs: {},
      bodiesCutShort: 0,
    })
    expect(await (await fetch(`${emulator.url}/emulator/faults`)).json()).toEqual([])
    expect(emulator.faults.list()).toEqual([])
    expect((await api.get('/limits')).headers.get('sforce-limit-info')).toBe('api-usage=1/100000')
    expect((await api.get(`/jobs/ingest/${job.id}`)).status).toBe(404)
    expect((await api.get(`/jobs/query/${(queryJob.body as { id: string }).id}`)).status).toBe(404)
    const { nextRecordsUrl } = page.body as { nextRecordsUrl: string }
    expect((await api.get(nextRecordsUrl)).body).toMatchObject([{ errorCode: 'INVALID_QUERY_LOCATOR' }])
  })

  test('keeps the credentials valid, and ends every other token', async () => {
    const { credentials } = emulator
    const { access_token: issued } = (await (await logIn({ grant_type: 'client_credentials' })).json()) as {
      access_token: string
    }
    expect((await apiClient(emulator, issued).get('/limits')).status).toBe(200)
    await reset()
    expect((await apiClient(emulator, issued).get('/limits')).status).toBe(401)
    expect(emulator.credentials).toEqual(credentials)
    expect(await (await fetch(`${emulator.url}/emulator/credentials`)).json()).toEqual(credentials)
    expect((await apiClient(emulator, credentials.accessToken).get('/limits')).status).toBe(200)
    const { refreshToken: refresh_token } = credentials
    expect((await logIn({ grant_type: 'refresh_token', refresh_token })).status).toBe(200)
  })

  test('makes the access token of the credentials valid again after all sessions ended', async () => {
    emulator.expireSessions()
    expect((await api.get('/limits')).status).toBe(401)
    await reset()
    expect((await api.get('/limits')).status).toBe(200)
  })

  test('makes a revoked refresh token valid again, and unlocks users', async () => {
    const { refreshToken, username, password, securityToken } = emulator.credentials
    await fetch(`${emulator.url}/services/oauth2/revoke`, {
      method: 'POST',
      body: new URLSearchParams({ token: refreshToken }),
    })
    expect((await logIn({ grant_type: 'refresh_token', refresh_token: refreshToken })).status).toBe(400)
    for (let attempt = 0; attempt < 10; attempt++) await logIn({ grant_type: 'password', username, password: 'wrong' })
    const right = { grant_type: 'password', username, password: password + securityToken }
    expect((await logIn(right)).status).toBe(400)
    await reset()
    expect((await logIn(right)).status).toBe(200)
    expect((await logIn({ grant_type: 'refresh_token', refresh_token: refreshToken })).status).toBe(200)
    expect(emulator.oauth.logins.successes()).toBe(2)
  })

  test('stops a job that is in progress: it writes nothing afterwards', async () => {
    emulator.faults.add({ match: { method: 'JOB' }, fault: { type: 'delay', ms: 1000 } })
    const { id } = (await api.post('/jobs/ingest', { object: 'Contact', operation: 'insert' })).body as { id: string }
    await api.put(`/jobs/ingest/${id}/batches`, 'LastName\nLate\n')
    await api.patch(`/jobs/ingest/${id}`, { state: 'UploadComplete' })
    const orgBefore = emulator.org
    await reset()
    await setTimeout(1200)
    expect(emulator.org.countLive('Contact')).toBe(300)
    expect(orgBefore.countLive('Contact')).toBe(300)
    expect(emulator.stats().created).toEqual({})
  })
})

test('an org that starts without records is empty after a reset, with its declared users', async () => {
  const empty = await startEmulator({
    seedRecords: false,
    users: [DEFAULT_USER, { ...DEFAULT_USER, username: 'b@x.example' }],
  })
  const emptyApi = apiClient(empty)
  const users = await emptyApi.query('SELECT Id, Username FROM User')
  await emptyApi.post('/sobjects/Contact', { LastName: 'A' })
  empty.reset()
  expect(empty.org.countLive('Contact')).toBe(0)
  expect(await emptyApi.query('SELECT Id, Username FROM User')).toEqual(users)
  await empty.close()
})
