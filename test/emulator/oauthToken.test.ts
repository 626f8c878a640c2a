import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { OAuthState } from '../../emulator/oauth/types.ts'
import {
  app,
  clientCredentialsForm,
  jwtForm,
  LOGIN_HOST,
  orgWith,
  otherKeys,
  passwordForm,
  refreshForm,
  token,
  user,
} from './oauthOrg.ts'

type Form = { readonly [key: string]: string }
type Request = { readonly host?: string; readonly authorization?: string }

const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`

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

  test('gives a token that is live, of the form 00D…!…, and counted', async () => {
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
  ])('refuses a user with %j', async (changes, description) => {
    const { state } = orgWith({ user: changes })
    const { status, body } = await token(state, await formOf(state))
    expect({ status, body }).toEqual({ status: 400, body: { error: 'invalid_grant', error_description: description } })
    expect(state.logins.successes()).toBe(0)
  })

  test('refuses a user whom the admin did not approve for the app', async () => {
    const { state } = orgWith({ app: { approvedUserIds: [] } })
    expect((await token(state, await formOf(state))).body).toEqual({
      error: 'invalid_app_access',
      error_description: 'user is not admin approved to access this app',
    })
  })

  test('refuses the login after 3,600 within an hour', async () => {
    const { state, clock } = orgWith()
    const time = clock.now - 1_000
    for (let count = 0; count < 3_600; count++)
      state.logins.record({ time, username: user.username, flow: 'password', status: 'Success' })
    const form = await formOf(state)
    expect((await token(state, form)).body).toMatchObject({ error_description: 'login rate exceeded' })
  })
})

describe('a signature', () => {
  test('is the HMAC of identity URL and issue time under the consumer secret', async () => {
    const { state } = orgWith()
    const { body } = await token(state, passwordForm)
    expect(body['issued_at']).toBe(String(Date.UTC(2026, 10, 25, 12)))
    const expected = createHmac('sha256', app.clientSecret).update(`${body['id']}${body['issued_at']}`).digest('base64')
    expect(body['signature']).toBe(expected)
  })
})

type Case = {
  readonly name: string
  readonly form: Form | Promise<Form>
  readonly error: string
  readonly description: string
  readonly org?: Parameters<typeof orgWith>[0]
  readonly request?: Request
}

const failed = { error: 'invalid_grant', description: 'authentication failure' }
const unapproved = { error: 'invalid_grant', description: "user hasn't approved this consumer" }
const badAssertion = { error: 'invalid_grant', description: 'invalid assertion' }
const badClient = { error: 'invalid_client', description: 'invalid client credentials' }
const unknownClient = { error: 'invalid_client_id', description: 'client identifier invalid' }
const expired = { error: 'invalid_grant', description: 'expired access/refresh token' }
const noGrant = { error: 'unsupported_grant_type', description: 'grant type not supported' }
const longAgo = Date.UTC(2026, 10, 25, 11, 56, 59) / 1000

const refused: readonly Case[] = [
  { name: 'password: wrong password', form: { ...passwordForm, password: 'wrong' }, ...failed },
  { name: 'password: security token missing', form: { ...passwordForm, password: user.password }, ...failed },
  { name: 'password: unknown user', form: { ...passwordForm, username: 'nobody@acme.example' }, ...failed },
  { name: 'password: flow blocked in the org', form: passwordForm, org: { passwordFlowAllowed: false }, ...failed },
  { name: 'password: wrong secret', form: { ...passwordForm, client_secret: 'x' }, ...badClient },
  { name: 'password: unknown consumer key', form: { ...passwordForm, client_id: 'x' }, ...unknownClient },
  {
    name: 'client credentials: login host',
    form: clientCredentialsForm,
    request: { host: LOGIN_HOST },
    error: 'invalid_grant',
    description: 'request not supported on this domain',
  },
  {
    name: 'client credentials: no run-as user',
    form: clientCredentialsForm,
    org: { app: { runAsUserId: '0055f000009ZZZZAAA' } },
    error: 'invalid_grant',
    description: 'no client credentials user enabled',
  },
  {
    name: 'client credentials: not enabled for the app',
    form: clientCredentialsForm,
    org: { app: { clientCredentials: false } },
    error: 'invalid_grant',
    description: 'client credentials flow not enabled',
  },
  { name: 'client credentials: wrong secret', form: { ...clientCredentialsForm, client_secret: '' }, ...badClient },
  { name: 'client credentials: unknown key', form: { grant_type: 'client_credentials' }, ...unknownClient },
  {
    name: 'client credentials: wrong secret by Basic',
    form: { grant_type: 'client_credentials' },
    request: { authorization: basic(app.clientId, 'x') },
    ...badClient,
  },
  {
    name: 'JWT: wrong audience',
    form: jwtForm({ aud: 'https://test.salesforce.com' }),
    error: 'invalid_grant',
    description: 'Audience validation failed',
  },
  { name: 'JWT: user never consented', form: jwtForm(), org: { app: { consentedUserIds: [] } }, ...unapproved },
  { name: 'JWT: unknown user', form: jwtForm({ sub: 'nobody@acme.example' }), ...unapproved },
  { name: 'JWT: unknown consumer key', form: jwtForm({ iss: 'x' }), ...unknownClient },
  { name: 'JWT: signed with another key', form: jwtForm({}, otherKeys.privateKey), ...badAssertion },
  { name: 'JWT: another algorithm', form: jwtForm({}, undefined, 'RS512'), ...badAssertion },
  { name: 'JWT: expired beyond the clock skew', form: jwtForm({ exp: longAgo }), ...badAssertion },
  { name: 'JWT: no JWT at all', form: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' }, ...badAssertion },
  { name: 'refresh: unknown token', form: refreshForm('5Aep861x'), ...expired },
  { name: 'refresh: wrong secret', form: { ...refreshForm('x'), client_secret: 'x' }, ...badClient },
  { name: 'refresh: unknown key', form: { ...refreshForm('x'), client_id: 'x' }, ...unknownClient },
  {
    name: 'code: no code is ever valid',
    form: { grant_type: 'authorization_code', client_id: app.clientId, code: 'x' },
    error: 'invalid_grant',
    description: 'invalid authorization code',
  },
  { name: 'unknown grant type', form: { ...passwordForm, grant_type: 'magic' }, ...noGrant },
  { name: 'no grant type', form: {}, ...noGrant },
]

describe('a refusal is 400 with error and error_description', () => {
  test.each(refused)('$name: $error, $description', async ({ form, error, description, org, request }) => {
    const { state } = orgWith(org)
    const { status, headers, body } = await token(state, await form, request)
    expect(status).toBe(400)
    expect(headers).toMatchObject({ 'cache-control': 'no-store' })
    expect(body).toEqual({ error, error_description: description })
    expect(state.sessions.issued).toBe(0)
  })

  test('ten wrong passwords in a row lock the user, right one or not', async () => {
    const { state } = orgWith()
    for (let attempt = 0; attempt < 10; attempt++) await token(state, { ...passwordForm, password: 'wrong' })
    const { body } = await token(state, passwordForm)
    expect(body).toEqual({ error: 'invalid_grant', error_description: 'user is locked' })
    state.logins.unlock(user.username)
    expect((await token(state, passwordForm)).status).toBe(200)
  })

  test('the Login History says why the password flow failed though the answer does not', async () => {
    const { state } = orgWith({ passwordFlowAllowed: false })
    await token(state, passwordForm)
    expect(state.logins.logins[0]?.status).toBe('Username-Password Flow Disabled')
  })

  test('a refresh token of another app is as good as none', async () => {
    const { state } = orgWith()
    const foreign = state.refreshTokens.issue(user.id, 'another app').token
    expect((await token(state, refreshForm(foreign))).body).toMatchObject({
      error_description: 'expired access/refresh token',
    })
  })
})

describe('a request that is taken', () => {
  test('password: without the security token from a trusted address, in any case of the user name', async () => {
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
    const form = await jwtForm({ exp: longAgo + 2, aud: ['https://login.salesforce.com'] })
    expect((await token(state, form)).status).toBe(200)
  })

  test('refresh: without a secret', async () => {
    const { state } = orgWith()
    const { client_secret, ...form } = refreshForm(state.refreshTokens.issue(user.id, app.clientId).token)
    expect((await token(state, form)).status).toBe(200)
  })
})
