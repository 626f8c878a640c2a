import { generateKeyPairSync } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { Secret } from '../../../loader/http/secret.ts'
import type { AuthSettings } from '../../../loader/salesforce/auth/flows.ts'
import { loginAdvice } from '../../../loader/salesforce/auth/loginAdvice.ts'
import {
  LimitReachedError,
  LoginRejectedError,
  TemporarilyRejectedError,
  UnreachableError,
} from '../../../loader/salesforce/errors.ts'
import { connectionWarnings } from '../../../loader/salesforce/settings.ts'
import {
  connectTo,
  type Handler,
  inTurn,
  type ScriptedOrg,
  sendJson,
  startScriptedOrg,
  tokenFor,
} from './scriptedOrg.ts'

let org: ScriptedOrg | undefined
afterEach(() => org?.close())

const TOKEN = 'POST /services/oauth2/token'

async function rejectedLogin(handler: Handler, auth?: AuthSettings) {
  org = await startScriptedOrg({ [TOKEN]: handler })
  return connectTo(org, auth && { auth })
    .identity()
    .catch(error => error)
}

const REJECTIONS: readonly (readonly [error: string, description: string, advice: RegExp])[] = [
  ['invalid_grant', 'authentication failure', /repeated failures lock the user/],
  ['invalid_grant', 'expired access/refresh token', /authorise the app again/],
  ['invalid_grant', "user hasn't approved this consumer", /pre-authorise the app/],
  ['invalid_grant', 'Audience validation failed', /Set loginUrl to the org's My Domain/],
  [
    'app_not_found',
    'External client app is not installed in this org',
    /External Client Apps accept no other audience/,
  ],
  ['invalid_client', 'app must be installed into org', /install the app in this org/],
  ['invalid_grant', 'user is frozen', /unfreeze the user/],
  ['invalid_grant', 'the run as user must have the API Only permission', /"Run As" user/],
  ['invalid_grant', 'user must be API Only', /"API Only User"/],
  ['OAUTH_APP_BLOCKED', 'this app is blocked by admin', /unblock the app/],
  ['invalid_grant', 'no client credentials user enabled', /"Run As" user/],
  ['invalid_grant', 'client credentials flow not enabled', /enable the client credentials flow/],
  ['invalid_grant', 'request not supported on this domain', /My Domain/],
  ['invalid_grant', 'ip restricted', /trust the address/],
  ['invalid_grant', 'inactive user', /activate the user/],
  ['invalid_grant', 'user is locked', /unlock the user/],
  ['invalid_app_access', 'user is not admin approved to access this app', /approve the app/],
  ['invalid_client_id', 'client identifier invalid', /Consumer Key/],
  ['invalid_client', 'invalid client credentials', /Consumer Secret/],
  ['unsupported_grant_type', 'grant type not supported', /enable this flow/],
  ['inactive_org', 'org inactive', /closed or suspended/],
  ['something_new', 'not known in 2026', /Login History/],
]

test.each(REJECTIONS)('%s "%s" is reported with its remedy', (error, description, advice) => {
  expect(loginAdvice({ error, description, flow: 'jwt_bearer' })).toMatch(advice)
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
  const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const privateKey = new Secret(String(key.export({ type: 'pkcs8', format: 'pem' })))
  const byAssertion = await rejectedLogin(echo, { flow: 'jwt_bearer', clientId: 'c', username: 'u', privateKey })
  expect(byAssertion.message).toMatch(/assertion=\(secret\) \(/)
})

const ODD_ANSWERS: Readonly<Record<string, Handler>> = {
  'a page': (_seen, answer) => answer.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>'),
  'a page that is called JSON': (_seen, answer) =>
    answer.writeHead(200, { 'content-type': 'application/json' }).end('<h1>Welcome</h1>'),
  'a page of an edge': (_seen, answer) => answer.writeHead(403, { 'content-type': 'text/html' }).end('<h1>No</h1>'),
  'JSON of an edge': sendJson({ message: 'Forbidden' }, 403),
  'an empty body': (_seen, answer) => answer.writeHead(200).end(),
  'not found': (_seen, answer) => answer.writeHead(404).end(),
  'half a token': (_seen, answer) =>
    answer.writeHead(200, { 'content-type': 'application/json' }).end('{"access_token":"00D5e0000000001!AQx","inst'),
  'a token without an instance URL': sendJson({ access_token: '00D5e0000000001!AQx' }),
  'a token that no header can hold': sendJson({
    access_token: 'a\r\nb',
    instance_url: 'https://acme.my.salesforce.com',
  }),
  'a redirect': (_seen, answer) => answer.writeHead(302, { location: 'https://acme.lightning.force.com/' }).end(),
  'a request to try again': sendJson({ error: 'unknown_error', error_description: 'retry your request' }, 400),
}

test.concurrent.each(Object.entries(ODD_ANSWERS))(
  '%s where a token was expected does not decide: the login is tried again',
  async (_, odd) => {
    const token: Handler = (seen, answer, times) => sendJson(tokenFor(scripted.url, times))(seen, answer, times)
    const scripted = await startScriptedOrg({ [TOKEN]: inTurn(odd, odd, token) })
    expect(await connectTo(scripted).identity()).toMatchObject({ instanceUrl: scripted.url })
    expect(scripted.to(TOKEN)).toHaveLength(3)
    await scripted.close()
  },
)

test.each(Object.entries(ODD_ANSWERS))(
  '%s that persists is reported with advice and without markup',
  async (_, odd) => {
    const error = await rejectedLogin(odd)
    expect(error).toBeInstanceOf(TemporarilyRejectedError)
    expect(error.message).toMatch(/It is retried; if it persists, check (loginUrl|the org's status)/)
    expect(error.message).not.toMatch(/00D5e|<h1>/)
  },
)

test.each(['login rate exceeded', 'login_rate_exceeded', 'rate_limit_exceeded'])(
  'a login that is rejected with "%s" waits, and is not remembered as rejected',
  async words => {
    const error = await rejectedLogin(sendJson({ error: words, error_description: words }, 400))
    expect(error).toBeInstanceOf(LimitReachedError)
    expect(error.message).toContain('tried again every ten minutes')
  },
)

test.each(['http://0.0.0.0:1', 'http://[::]:1'])(
  'takes %s, which no host has, for the host of the login',
  async address => {
    org = await startScriptedOrg({ [TOKEN]: sendJson({ ...(tokenFor('', 1) as object), instance_url: address }) })
    expect(await connectTo(org).identity()).toMatchObject({ instanceUrl: org.url })
  },
)

test.each([
  'http://169.254.169.254',
  'https://evil.example',
  'http://acme.my.salesforce.com',
  'https://acme.my.salesforce.com.evil.example',
  'file:///etc/passwd',
])('rejects %s as the address of the org, and sends no token there', async address => {
  const error = await rejectedLogin(sendJson({ access_token: '00D!x', instance_url: address }))
  expect(error).toBeInstanceOf(LoginRejectedError)
  expect(error.message).toContain('INSTANCE_URL_REJECTED')
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
