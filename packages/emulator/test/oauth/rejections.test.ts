import { describe, expect, test } from 'vitest'
import {
  app,
  BEYOND_SKEW,
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

function basic(id: string, secret: string) {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
}

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
const notInstalled = { error: 'app_not_found', description: 'External client app is not installed in this org' }
const badClient = { error: 'invalid_client', description: 'invalid client credentials' }
const unknownClient = { error: 'invalid_client_id', description: 'client identifier invalid' }
const expired = { error: 'invalid_grant', description: 'expired access/refresh token' }
const noGrant = { error: 'unsupported_grant_type', description: 'grant type not supported' }

const rejected: readonly Case[] = [
  { name: 'password: wrong password', form: { ...passwordForm, password: 'wrong' }, ...failed },
  { name: 'password: security token missing', form: { ...passwordForm, password: user.password }, ...failed },
  { name: 'password: unknown user', form: { ...passwordForm, username: 'unknown@acme.example' }, ...failed },
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
  {
    name: 'JWT: External Client App, audience login.salesforce.com',
    form: jwtForm(),
    org: { app: { isExternalClientApp: true } },
    ...notInstalled,
  },
  {
    name: 'JWT: External Client App, audience test.salesforce.com',
    form: jwtForm({ aud: 'https://test.salesforce.com/' }),
    org: { app: { isExternalClientApp: true } },
    ...notInstalled,
  },
  {
    name: 'password: External Client App',
    form: passwordForm,
    org: { app: { isExternalClientApp: true } },
    ...failed,
  },
  {
    name: 'client credentials: frozen user',
    form: clientCredentialsForm,
    org: { user: { isFrozen: true } },
    error: 'invalid_grant',
    description: 'inactive user',
  },
  { name: 'JWT: user never consented', form: jwtForm(), org: { app: { consentedUserIds: [] } }, ...unapproved },
  { name: 'JWT: unknown user', form: jwtForm({ sub: 'unknown@acme.example' }), ...unapproved },
  { name: 'JWT: unknown consumer key', form: jwtForm({ iss: 'x' }), ...unknownClient },
  { name: 'JWT: signed with another key', form: jwtForm({}, otherKeys.privateKey), ...badAssertion },
  { name: 'JWT: another algorithm', form: jwtForm({}, undefined, 'RS512'), ...badAssertion },
  { name: 'JWT: expired beyond the clock skew', form: jwtForm({ exp: BEYOND_SKEW }), ...badAssertion },
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

describe('a rejection is 400 with error and error_description', () => {
  test.each(rejected)('$name: $error, $description', async ({ form, error, description, org, request }) => {
    const { state } = orgWith(org)
    const { status, headers, body } = await token(state, await form, request)
    expect(status).toBe(400)
    expect(headers).toMatchObject({ 'cache-control': 'no-store' })
    expect(body).toEqual({ error, error_description: description })
    expect(state.sessions.issued).toBe(0)
  })

  test('ten wrong passwords in a row lock the user, even with the right password', async () => {
    const { state } = orgWith()
    for (let attempt = 0; attempt < 10; attempt++) await token(state, { ...passwordForm, password: 'wrong' })
    const { body } = await token(state, passwordForm)
    expect(body).toEqual({ error: 'invalid_grant', error_description: 'user is locked' })
    state.logins.unlock(user.username)
    expect((await token(state, passwordForm)).status).toBe(200)
  })

  test('the Login History has the reason for a failed password flow, which the answer does not have', async () => {
    const { state } = orgWith({ passwordFlowAllowed: false })
    await token(state, passwordForm)
    expect(state.logins.logins[0]?.status).toBe('Username-Password Flow Disabled')
  })

  test('a refresh token of another app is rejected like an unknown one', async () => {
    const { state } = orgWith()
    const foreign = state.refreshTokens.issue(user.id, 'another app').token
    expect((await token(state, refreshForm(foreign))).body).toMatchObject({
      error_description: 'expired access/refresh token',
    })
  })
})
