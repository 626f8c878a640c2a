import { generateKeyPairSync } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterEach, expect, test } from 'vitest'
import { Secret } from '../../../loader/http/secret.ts'
import type { AuthSettings } from '../../../loader/salesforce/auth/flows.ts'
import { audienceOf } from '../../../loader/salesforce/auth/jwtBearer.ts'
import { loginAdvice } from '../../../loader/salesforce/auth/tokenRequest.ts'
import { createSalesforceConnection } from '../../../loader/salesforce/connection.ts'
import { LoginRejectedError, TemporarilyRejectedError, UnreachableError } from '../../../loader/salesforce/errors.ts'
import { connectionWarnings } from '../../../loader/salesforce/settings.ts'
import { startEmulator } from '../../../packages/emulator/index.ts'
import { connectTo, type Handler, type ScriptedOrg, sendJson, startScriptedOrg } from './scriptedOrg.ts'

let org: ScriptedOrg | undefined
afterEach(() => org?.close())

const TOKEN = 'POST /services/oauth2/token'

async function rejectedLogin(handler: Handler, auth?: AuthSettings) {
  org = await startScriptedOrg({ [TOKEN]: handler })
  return connectTo(org, auth && { auth })
    .identity()
    .catch(error => error)
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = (type: 'pkcs1' | 'pkcs8'): Secret => new Secret(String(privateKey.export({ type, format: 'pem' })))

const REJECTIONS: readonly (readonly [error: string, description: string, advice: RegExp])[] = [
  ['invalid_grant', 'authentication failure', /repeated failures lock the user/],
  ['invalid_grant', 'expired access/refresh token', /authorise the app again/],
  ['invalid_grant', "user hasn't approved this consumer", /pre-authorise the app/],
  ['invalid_grant', 'Audience validation failed', /auth\.audience/],
  ['invalid_grant', 'no client credentials user enabled', /"Run As" user/],
  ['invalid_grant', 'client credentials flow not enabled', /enable the client credentials flow/],
  ['invalid_grant', 'request not supported on this domain', /My Domain/],
  ['invalid_grant', 'ip restricted', /trust the address/],
  ['invalid_grant', 'inactive user', /activate the user/],
  ['invalid_grant', 'user is locked', /unlock the user/],
  ['invalid_grant', 'login rate exceeded', /Wait an hour/],
  ['invalid_app_access', 'user is not admin approved to access this app', /approve the app/],
  ['invalid_client_id', 'client identifier invalid', /Consumer Key/],
  ['invalid_client', 'invalid client credentials', /Consumer Secret/],
  ['unsupported_grant_type', 'grant type not supported', /enable this flow/],
  ['inactive_org', 'org inactive', /closed or suspended/],
  ['something_new', 'not known in 2026', /Login History/],
]

test.each(REJECTIONS)('%s "%s" is reported with its remedy', (error, description, advice) => {
  expect(loginAdvice(error, description)).toMatch(advice)
})

test('reports a rejected login with the connection, the flow, the host and the remedy', async () => {
  const rejection = { error: 'invalid_grant', error_description: 'no client credentials user enabled' }
  const error = await rejectedLogin(sendJson(rejection, 400))
  expect(error).toBeInstanceOf(LoginRejectedError)
  expect(error.message).toBe(
    `Login of connection scripted failed: 400 invalid_grant: no client credentials user enabled (flow client_credentials at ${new URL(org?.url ?? '').host}). ` +
      'Let an admin enter a "Run As" user in the client credentials policy of the app.',
  )
})

const echo: Handler = (seen, answer) =>
  sendJson({ error: 'invalid_grant', error_description: `no: ${seen.body}` }, 400)(seen, answer, 1)

test('an error does not contain credentials that the org repeats in its rejection', async () => {
  const error = await rejectedLogin(echo)
  expect(error).toBeInstanceOf(LoginRejectedError)
  expect(error.message).toContain('client_secret=(secret)')
  expect(error.message).not.toContain('consumer-secret-1')
})

test('an error does not contain a password with blanks, or an assertion, that the org repeats', async () => {
  const [password, clientSecret] = [new Secret('pass word&1'), new Secret('s-1')]
  const byPassword = await rejectedLogin(echo, {
    flow: 'password',
    clientId: 'c',
    clientSecret,
    username: 'u',
    password,
  })
  expect(byPassword.message).toMatch(/password=\(secret\) \(/)
  await org?.close()
  const byAssertion = await rejectedLogin(echo, {
    flow: 'jwt_bearer',
    clientId: 'c',
    username: 'u',
    privateKey: pem('pkcs8'),
  })
  expect(byAssertion.message).toMatch(/assertion=\(secret\) \(/)
})

test.each(
  Object.entries<Handler>({
    'a page': (_seen, answer) => answer.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>'),
    'not found': (_seen, answer) => answer.writeHead(404).end(),
    'a token without an instance URL': sendJson({ access_token: '00D5e0000000001!AQx' }),
    'a redirect': (_seen, answer) => answer.writeHead(302, { location: 'https://acme.lightning.force.com/' }).end(),
  }),
)('%s where a token was expected is a wrong loginUrl, found out once', async (_, handler) => {
  const error = await rejectedLogin(handler)
  expect(error).toBeInstanceOf(LoginRejectedError)
  expect(error.message).toMatch(/Check loginUrl/)
  expect(error.message).not.toContain('00D5e')
  expect(org?.to(TOKEN)).toHaveLength(1)
})

test('a login whose answer is lost sends nothing else, so no record is in doubt', async () => {
  org = await startScriptedOrg({ [TOKEN]: (_seen, answer) => answer.socket?.destroy() })
  const error = await connectTo(org)
    .createRecords('Contact', [{ LastName: 'Frank' }])
    .catch(thrown => thrown)
  expect(error).toBeInstanceOf(UnreachableError)
  expect(org.seen.every(({ url }) => url === '/services/oauth2/token')).toBe(true)
})

test('a read that waits for a login does not multiply its repetitions', async () => {
  org = await startScriptedOrg({ [TOKEN]: (_seen, answer) => answer.writeHead(503).end() })
  const error = await connectTo(org)
    .describe('Contact')
    .catch(thrown => thrown)
  expect(error).toBeInstanceOf(TemporarilyRejectedError)
  expect(error.message).toMatch(/^Login of connection scripted failed: 503/)
  expect(org.to(TOKEN)).toHaveLength(4)
})

test.each(['pkcs1', 'pkcs8'] as const)(
  'a JWT is signed with a %s key, for the user, the app and three minutes',
  async type => {
    org = await startScriptedOrg({})
    const auth = {
      flow: 'jwt_bearer',
      clientId: '3MVG9.app',
      username: 'edna@example.com',
      privateKey: pem(type),
    } as const
    await connectTo(org, { auth }).identity()
    const assertion = new URLSearchParams(org.to(TOKEN)[0]?.body).get('assertion') ?? ''
    expect(decodeProtectedHeader(assertion)).toEqual({ alg: 'RS256' })
    const claims = decodeJwt(assertion)
    expect(claims).toMatchObject({ iss: '3MVG9.app', sub: 'edna@example.com', aud: org.url })
    expect(Math.abs((claims.exp ?? 0) - Date.now() / 1000 - 180)).toBeLessThan(30)
  },
)

test('a JWT signed with the key of another app is rejected with advice', async () => {
  const emulator = await startEmulator()
  const { clientId, username } = emulator.credentials
  const connection = createSalesforceConnection({
    name: 'emulated',
    loginUrl: emulator.url,
    apiVersion: 'latest',
    auth: { flow: 'jwt_bearer', clientId, username, privateKey: pem('pkcs8') },
  })
  await expect(connection.identity()).rejects.toThrow(
    /invalid assertion .+Check that privateKey belongs to the certificate/,
  )
  await emulator.close()
})

for (const [loginUrl, audience] of [
  ['https://login.salesforce.com', 'https://login.salesforce.com'],
  ['https://acme.my.salesforce.com', 'https://login.salesforce.com'],
  ['https://test.salesforce.com', 'https://test.salesforce.com'],
  ['https://acme--uat.sandbox.my.salesforce.com', 'https://test.salesforce.com'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['https://login.salesforce.com.example.org', 'https://login.salesforce.com.example.org'],
] as const) {
  test(`the audience at ${loginUrl} is ${audience}`, () => expect(audienceOf(loginUrl)).toBe(audience))
}

test('a password is sent with the security token appended', async () => {
  org = await startScriptedOrg({})
  const [password, securityToken, clientSecret] = [new Secret('pass word&'), new Secret('TOKEN'), new Secret('s')]
  const auth = { flow: 'password', clientId: 'c', clientSecret, username: 'u', password, securityToken } as const
  await connectTo(org, { auth }).identity()
  expect(new URLSearchParams(org.to(TOKEN)[0]?.body).get('password')).toBe('pass word&TOKEN')
})

test('warns of credentials that would be sent unencrypted', () => {
  const auth = { flow: 'access_token', accessToken: new Secret('t') } as const
  const warnings = (loginUrl: string) => connectionWarnings({ name: 'open', loginUrl, apiVersion: 'latest', auth })
  expect(warnings('http://127.0.0.1:8080')).toEqual([])
  expect(warnings('https://acme.my.salesforce.com')).toEqual([])
  expect(warnings('http://acme.my.salesforce.com')).toEqual([expect.stringContaining('unencrypted. Use https.')])
})
