import { describe, expect, test } from 'vitest'
import { handleIntrospect } from '../../oauth/introspect.ts'
import { handleRevoke } from '../../oauth/revoke.ts'
import type { OAuthState } from '../../oauth/types.ts'
import { handleIdentity, handleUserinfo } from '../../oauth/userinfo.ts'
import { app, MY_DOMAIN_HOST, orgWith, passwordForm, refreshForm, token, user } from './oauthOrg.ts'

async function loggedIn(state: OAuthState) {
  return (await token(state, passwordForm)).body['access_token'] ?? ''
}

describe('sessions', () => {
  test('five tokens of a user and app are valid; the sixth revokes the oldest', () => {
    const { sessions } = orgWith().state
    const tokens = Array.from({ length: 6 }, () => sessions.issue(user.id, app.clientId).accessToken)
    const other = sessions.issue(user.id, 'another app').accessToken
    const live = [...tokens, other].map(accessToken => sessions.find(accessToken) !== undefined)
    expect(live).toEqual([false, true, true, true, true, true, true])
    expect(sessions.issued).toBe(7)
  })

  test('a token expires by the clock, alone, or together with all others', () => {
    const { state, clock } = orgWith()
    const { sessions } = state
    const [first, second, third] = Array.from({ length: 3 }, () => sessions.issue(user.id, app.clientId).accessToken)
    expect(sessions.expire(first ?? '')).toBe(true)
    expect(sessions.find(first ?? '')).toBeUndefined()
    expect(sessions.find(second ?? '')).toBeDefined()
    sessions.expireAll()
    expect(sessions.find(second ?? '')).toBeUndefined()
    expect(sessions.expire(third ?? '')).toBe(false)
    const last = sessions.issue(user.id, app.clientId).accessToken
    clock.now += 3 * 60 * 60 * 1000
    expect(sessions.find(last)).toBeUndefined()
  })
})

test('a session stays valid while it is used', () => {
  const { state, clock } = orgWith()
  const { accessToken } = state.sessions.issue(user.id, app.clientId)
  const minutes = 60 * 1000
  for (let used = 0; used < 4; used++) {
    clock.now += 90 * minutes
    expect(state.sessions.find(accessToken)).toMatchObject({ accessToken, expiresAt: clock.now + 120 * minutes })
  }
  clock.now += 120 * minutes
  expect(state.sessions.find(accessToken)).toBeUndefined()
})

describe('refresh token rotation (Salesforce Help 005316711)', () => {
  const expired = { error: 'invalid_grant', error_description: 'expired access/refresh token' }

  test('each answer has a new refresh token, and the newest one works', async () => {
    const { state } = orgWith({ app: { rotatesRefreshTokens: true } })
    const first = state.refreshTokens.issue(user.id, app.clientId).token
    const second = (await token(state, refreshForm(first))).body['refresh_token'] ?? ''
    const third = (await token(state, refreshForm(second))).body['refresh_token'] ?? ''
    expect(new Set([first, second, third, '']).size).toBe(4)
    expect((await token(state, refreshForm(third))).status).toBe(200)
  })

  test('the reuse of an old token ends the newest refresh token and all access tokens', async () => {
    const { state } = orgWith({ app: { rotatesRefreshTokens: true } })
    const first = state.refreshTokens.issue(user.id, app.clientId).token
    const answer = (await token(state, refreshForm(first))).body
    expect((await token(state, refreshForm(first))).body).toEqual(expired)
    expect(state.sessions.find(answer['access_token'] ?? '')).toBeUndefined()
    expect((await token(state, refreshForm(answer['refresh_token'] ?? ''))).body).toEqual(expired)
  })

  test('without rotation no answer has a refresh token', async () => {
    const { state } = orgWith()
    const { token: refreshToken } = state.refreshTokens.issue(user.id, app.clientId)
    expect((await token(state, refreshForm(refreshToken))).body).not.toHaveProperty('refresh_token')
    expect((await token(state, refreshForm(refreshToken))).status).toBe(200)
  })
})

describe('introspect', () => {
  const introspect = (state: OAuthState, form: { readonly [key: string]: string }) => {
    const { status, body } = handleIntrospect(new URLSearchParams(form), { host: MY_DOMAIN_HOST }, state)
    return { status, body: JSON.parse(body) as unknown }
  }
  const client = { client_id: app.clientId, client_secret: app.clientSecret }

  test('names the user of a live token, with the documented keys', async () => {
    const { state, clock } = orgWith()
    const accessToken = await loggedIn(state)
    const seconds = clock.now / 1000
    expect(introspect(state, { ...client, token: accessToken, token_type_hint: 'access_token' })).toEqual({
      status: 200,
      body: {
        active: true,
        scope: 'api refresh_token',
        client_id: app.clientId,
        username: user.username,
        sub: `http://login.localhost:8443/id/${state.organizationId}/${user.id}`,
        token_type: 'access_token',
        exp: seconds + 7_200,
        iat: seconds,
        nbf: seconds,
      },
    })
  })

  test('reports any other token only as not active', () => {
    expect(introspect(orgWith().state, { ...client, token: 'x' })).toEqual({ status: 200, body: { active: false } })
  })

  test('rejects a wrong secret', () => {
    const answer = introspect(orgWith().state, { ...client, client_secret: 'x', token: 'x' })
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_client' } })
  })
})

describe('revoke', () => {
  const revoke = (state: OAuthState, form: { readonly [key: string]: string }) =>
    handleRevoke(new URLSearchParams(form), state)

  test('ends an access token with an empty 200', async () => {
    const { state } = orgWith()
    const accessToken = await loggedIn(state)
    expect(revoke(state, { token: accessToken })).toMatchObject({ status: 200, body: '' })
    expect(state.sessions.find(accessToken)).toBeUndefined()
  })

  test('ends a refresh token and the sessions of its user and app', async () => {
    const { state } = orgWith()
    const refreshToken = state.refreshTokens.issue(user.id, app.clientId).token
    const accessToken = (await token(state, refreshForm(refreshToken))).body['access_token'] ?? ''
    expect(revoke(state, { token: refreshToken }).status).toBe(200)
    expect(state.sessions.find(accessToken)).toBeUndefined()
    expect((await token(state, refreshForm(refreshToken))).body).toEqual({
      error: 'invalid_grant',
      error_description: 'expired access/refresh token',
    })
  })

  test.each([
    [{ token: 'x' }, 'invalid_token'],
    [{ token: 'x', token_type_hint: 'id_token' }, 'unsupported_token_type'],
  ])('rejects %j in form encoding', (form, error) => {
    const { status, headers, body } = revoke(orgWith().state, form)
    expect(status).toBe(400)
    expect(headers['content-type']).toContain('application/x-www-form-urlencoded')
    expect(new URLSearchParams(body).get('error')).toBe(error)
  })
})

describe.each([
  ['userinfo', handleUserinfo, 'preferred_username'],
  ['identity', handleIdentity, 'username'],
] as const)('%s', (_, handle, usernameKey) => {
  test('describes the user of the token', async () => {
    const { state } = orgWith()
    const authorization = `Bearer ${await loggedIn(state)}`
    const { status, body } = handle({ host: MY_DOMAIN_HOST, authorization }, state)
    expect(status).toBe(200)
    expect(JSON.parse(body)).toMatchObject({
      user_id: user.id,
      organization_id: state.organizationId,
      [usernameKey]: user.username,
      email: user.email,
    })
  })

  test('answers 403 Bad_OAuth_Token without a live one', () => {
    const answer = handle({ host: MY_DOMAIN_HOST, authorization: 'Bearer x' }, orgWith().state)
    expect(answer).toMatchObject({ status: 403, body: 'Bad_OAuth_Token' })
  })
})
