import { importPKCS8, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DEFAULT_APP, DEFAULT_USER, type Emulator, startEmulator } from '../../index.ts'
import { type ApiClient, apiClient, runIngestJob } from '../apiClient.ts'

const RESTRICTED = {
  username: 'restricted@emulator.example',
  password: 'secret',
  securityToken: '',
  access: {
    Contact: { hidden: ['Score__c'], readOnly: ['Title'] },
    Account: { create: false, update: false },
    Lead: { read: false },
  },
}

let emulator: Emulator
let restricted: ApiClient

async function token(form: Record<string, string>) {
  const response = await fetch(`${emulator.url}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  })
  return { status: response.status, body: (await response.json()) as Record<string, string> }
}

beforeAll(async () => {
  emulator = await startEmulator({ users: [DEFAULT_USER, RESTRICTED], seedRecords: false })
  const [, user] = emulator.oauth.users
  const session = emulator.oauth.sessions.issue(user?.id ?? '', emulator.credentials.clientId)
  restricted = apiClient(emulator, session.accessToken)
})
afterAll(() => emulator.close())

describe('logging in with the default credentials', () => {
  const app = { client_id: DEFAULT_APP.clientId, client_secret: DEFAULT_APP.clientSecret }
  const assertion = async () =>
    new SignJWT({})
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(DEFAULT_APP.clientId)
      .setSubject(DEFAULT_USER.username)
      .setAudience('https://login.salesforce.com')
      .setExpirationTime('3m')
      .sign(await importPKCS8(emulator.credentials.privateKey, 'RS256'))

  const flows: readonly [string, () => Promise<Record<string, string>>][] = [
    [
      'password',
      async () => ({
        ...app,
        grant_type: 'password',
        username: DEFAULT_USER.username,
        password: DEFAULT_USER.password + DEFAULT_USER.securityToken,
      }),
    ],
    ['client credentials', async () => ({ ...app, grant_type: 'client_credentials' })],
    [
      'JWT bearer',
      async () => ({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: await assertion() }),
    ],
    [
      'refresh token',
      async () => ({ ...app, grant_type: 'refresh_token', refresh_token: emulator.credentials.refreshToken }),
    ],
  ]

  test.each(flows)('works with the %s flow, and the token with the API', async (_name, form) => {
    const { status, body } = await token(await form())
    expect(status).toBe(200)
    expect(body['instance_url']).toBe(emulator.url)
    expect((await apiClient(emulator, body['access_token']).get('/limits')).status).toBe(200)
  })

  test('is rejected with a wrong secret', async () => {
    const form = { grant_type: 'client_credentials', client_id: DEFAULT_APP.clientId, client_secret: 'wrong' }
    expect(await token(form)).toEqual({
      status: 400,
      body: { error: 'invalid_client', error_description: 'invalid client credentials' },
    })
  })

  test('rejects an app that runs as an unknown user', async () => {
    await expect(startEmulator({ apps: [{ ...DEFAULT_APP, runAs: 'unknown@example.com' }] })).rejects.toThrow(
      'names a user that the emulator does not have: unknown@example.com. Users: integration@emulator.example',
    )
  })
})

describe('a user with restricted access', () => {
  const noColumn = [{ message: "No such column 'Score__c' on sobject of type Contact", errorCode: 'INVALID_FIELD' }]

  test('does not see hidden fields', async () => {
    const described = (await restricted.get('/sobjects/Contact/describe')).body as { fields: { name: string }[] }
    expect(described.fields.map(({ name }) => name)).not.toContain('Score__c')
    expect((await restricted.post('/sobjects/Contact', { LastName: 'A', Score__c: 1 })).body).toEqual(noColumn)
    const csv = 'LastName,Score__c\nA,1\n'
    expect(await runIngestJob(restricted, { object: 'Contact', operation: 'insert' }, csv)).toMatchObject({
      state: 'Failed',
      errorMessage: 'InvalidBatch : Field name not found : Score__c',
    })
  })

  test('cannot write read-only fields', async () => {
    expect((await restricted.post('/sobjects/Contact', { LastName: 'A', Title: 'T' })).body).toMatchObject([
      { errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE', fields: ['Title'] },
    ])
    const { id } = (await restricted.post('/sobjects/Contact', { LastName: 'A' })).body as { id: string }
    expect((await restricted.patch(`/sobjects/Contact/${id}`, { Title: 'T' })).body).toMatchObject([
      { errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE', fields: ['Title'] },
    ])
  })

  test('is the owner and the creator of created records', async () => {
    const { id } = (await restricted.post('/sobjects/Contact', { LastName: 'Mine' })).body as { id: string }
    const [, user] = emulator.oauth.users
    expect((await restricted.get(`/sobjects/Contact/${id}`)).body).toMatchObject({
      CreatedById: user?.id,
      OwnerId: user?.id,
    })
  })

  test('cannot create objects without permission, and does not see hidden objects', async () => {
    expect(await restricted.post('/sobjects/Account', { Name: 'A' })).toMatchObject({
      status: 403,
      body: [{ errorCode: 'INSUFFICIENT_ACCESS_OR_READONLY' }],
    })
    expect((await restricted.post('/sobjects/Lead', { LastName: 'A', Company: 'C' })).status).toBe(404)
    expect((await restricted.get('/sobjects/Lead/describe')).status).toBe(404)
    expect((await restricted.post('/jobs/ingest', { object: 'Lead', operation: 'insert' })).body).toMatchObject([
      { errorCode: 'INVALIDJOB' },
    ])
  })
})
