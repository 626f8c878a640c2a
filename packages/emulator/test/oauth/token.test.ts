import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { OAuthState } from '../../oauth/types.ts'
import {
  app,
  BEYOND_SKEW,
  clientCredentialsForm,
  jwtForm,
  LOGIN_HOST,
  orgWith,
  passwordForm,
  refreshForm,
  token,
  user,
} from './oauthOrg.ts'

type Form = { readonly [key: string]: string }

function basic(id: string, secret: string) {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
}

// The recorded keys of a success, flow by flow, in the recorded order.
const flows: readonly (readonly [string, (state: OAuthState) => Form | Promise<Form>, string])[] = [
  ['password', () => passwordForm, 'access_token instance_url id token_type issued_at signature'],
  [
    'client_credentials',
    () => clientCredentialsForm,
    'access_token signature scope instance_url id token_type issued_at api_instance_url',
  ],
  ['jwt_bearer', () => jwtForm(), 'access_token scope instance_url id token_type'],
  [
    'refresh_token',
    state => refreshForm(state.refreshTokens.issue(user.id, app.clientId).token),
    'access_token signature scope instance_url id token_type issued_at',
  ],
]

describe.each(flows)('the %s flow', (flow, formOf, keys) => {
  test('answers 200 with exactly the documented keys', async () => {
    const { state } = orgWith()
    const { status, headers, body } = await token(state, await formOf(state))
    expect(status).toBe(200)
    expect(headers).toMatchObject({ 'content-type': 'application/json;charset=UTF-8', 'cache-control': 'no-store' })
    expect(Object.keys(body).join(' ')).toBe(keys)
    expect(body).toMatchObject({
      token_type: 'Bearer',
      instance_url: 'http://acme.localhost:8443',
      id: `http://login.localhost:8443/id/${state.organizationId}/${user.id}`,
    })
  })

  test('issues a valid token of the form 00D…!…, and counts the login', async () => {
    const { state } = orgWith()
    const { body } = await token(state, await formOf(state))
    expect(body['access_token']).toMatch(/^00D5f000000AbCd![\w.]{80,}$/)
    expect(state.sessions.find(body['access_token'] ?? '')).toMatchObject({ userId: user.id, appId: app.clientId })
    expect(state.sessions.issued).toBe(1)
    expect(state.logins.successes()).toBe(1)
    expect(state.logins.logins).toMatchObject([{ username: user.username, flow, status: 'Success' }])
  })

  test.each([
    [{ isActive: false }, 'inactive user'],
    [{ addressAllowed: false }, 'ip restricted'],
  ])('rejects a user with %j', async (changes, description) => {
    const { state } = orgWith({ user: changes })
    const { status, body } = await token(state, await formOf(state))
    expect({ status, body }).toEqual({ status: 400, body: { error: 'invalid_grant', error_description: description } })
    expect(state.logins.successes()).toBe(0)
  })

  test('rejects a user who is not approved for the app', async () => {
    const { state } = orgWith({ app: { approvedUserIds: [] } })
    expect((await token(state, await formOf(state))).body).toEqual({
      error: 'invalid_app_access',
      error_description: 'user is not admin approved to access this app',
    })
  })

  test('rejects the login after 3,600 within an hour', async () => {
    const { state, clock } = orgWith()
    const time = clock.now - 1_000
    for (let count = 0; count < 3_600; count++)
      state.logins.record({ time, username: user.username, flow: 'password', status: 'Success' })
    const form = await formOf(state)
    expect((await token(state, form)).body).toMatchObject({ error_description: 'login rate exceeded' })
  })
})

describe('a signature', () => {
  test('is the HMAC of identity URL and issue time with the consumer secret', async () => {
    const { state } = orgWith()
    const { body } = await token(state, passwordForm)
    expect(body['issued_at']).toBe(String(Date.UTC(2026, 10, 25, 12)))
    const expected = createHmac('sha256', app.clientSecret).update(`${body['id']}${body['issued_at']}`).digest('base64')
    expect(body['signature']).toBe(expected)
  })
})

describe('an accepted request', () => {
  test('password: without the security token from a trusted address, with the username in any case', async () => {
    const { state } = orgWith({ addressTrusted: true })
    const form = { ...passwordForm, password: user.password, username: user.username.toUpperCase() }
    expect((await token(state, form)).status).toBe(200)
  })

  test('password: also on the login host', async () => {
    expect((await token(orgWith().state, passwordForm, { host: LOGIN_HOST })).status).toBe(200)
  })

  test('client credentials: key and secret by HTTP Basic', async () => {
    const authorization = basic(app.clientId, app.clientSecret)
    const { status } = await token(orgWith().state, { grant_type: 'client_credentials' }, { authorization })
    expect(status).toBe(200)
  })

  test('JWT: an assertion that expired within three minutes, for an approved user', async () => {
    const { state } = orgWith({ app: { consentedUserIds: [], approvedUserIds: [user.id] } })
    const form = await jwtForm({ exp: BEYOND_SKEW + 2, aud: ['https://login.salesforce.com'] })
    expect((await token(state, form)).status).toBe(200)
  })

  test('refresh: without a secret', async () => {
    const { state } = orgWith()
    const { client_secret, ...form } = refreshForm(state.refreshTokens.issue(user.id, app.clientId).token)
    expect((await token(state, form)).status).toBe(200)
  })
})

test('an External Client App accepts the My Domain of its org as JWT audience', async () => {
  const { state } = orgWith({ app: { isExternalClientApp: true }, audiences: ['http://acme.localhost:8443'] })
  expect((await token(state, await jwtForm({ aud: 'http://acme.localhost:8443' }))).status).toBe(200)
})
