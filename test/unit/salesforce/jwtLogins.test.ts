import { generateKeyPairSync } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterEach, expect, test } from 'vitest'
import { Secret } from '../../../loader/http/secret.ts'
import { audiencesOf, jwtBearerFlow } from '../../../loader/salesforce/auth/jwtBearer.ts'
import { inMemoryTokenFiles } from '../../../loader/salesforce/auth/rotatingToken.ts'
import { createSalesforceConnection } from '../../../loader/salesforce/connection.ts'
import { LoginRejectedError } from '../../../loader/salesforce/errors.ts'
import { present } from '../../../packages/client/contract/scalars.ts'
import { startEmulator } from '../../../packages/emulator/index.ts'
import { connectTo, type ScriptedOrg, startScriptedOrg } from './scriptedOrg.ts'

let org: ScriptedOrg | undefined
afterEach(() => org?.close())

const TOKEN = 'POST /services/oauth2/token'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = (type: 'pkcs1' | 'pkcs8'): Secret => new Secret(String(privateKey.export({ type, format: 'pem' })))

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

const [PRODUCTION, SANDBOX] = ['https://login.salesforce.com', 'https://test.salesforce.com']
const UAT = 'https://acme--uat.sandbox.my.salesforce.com'

for (const [loginUrl, audiences, instanceUrl] of [
  ['https://acme.my.salesforce.com', ['https://acme.my.salesforce.com', PRODUCTION]],
  [UAT, [UAT, SANDBOX]],
  [PRODUCTION, [PRODUCTION]],
  [SANDBOX, [SANDBOX]],
  [SANDBOX, [UAT, SANDBOX], UAT],
  ['http://127.0.0.1:8080', ['http://127.0.0.1:8080']],
  ['https://login.salesforce.com.example.org', ['https://login.salesforce.com.example.org']],
] as const) {
  test(`the audiences at ${loginUrl} of ${instanceUrl ?? 'an unknown org'} are ${audiences.join(', then ')}`, () => {
    expect(audiencesOf({ loginUrl, ...present({ instanceUrl }) })).toEqual(audiences)
  })
}

/** Logs in with a JWT; each audience is answered by `answer`. */
async function loginByJwt(
  answer: (audience: string) => { readonly error: string; readonly detail: string } | undefined,
) {
  const seen: string[] = []
  const auth = { flow: 'jwt_bearer', clientId: 'c', username: 'u', privateKey: pem('pkcs8') } as const
  const loginUrl = 'https://acme.my.salesforce.com'
  const place = { connection: 'production', loginUrl, openTokenFiles: inMemoryTokenFiles() }
  const session = await jwtBearerFlow
    .login(auth, place, async ({ assertion }) => {
      const audience = String(decodeJwt((assertion as Secret).reveal()).aud)
      seen.push(audience)
      const rejection = answer(audience)
      if (rejection === undefined) return { accessToken: new Secret('t'), instanceUrl: loginUrl }
      const { error: errorCode, detail } = rejection
      throw new LoginRejectedError({
        connection: 'production',
        flow: 'jwt_bearer',
        host: '',
        errorCode,
        detail,
        advice: errorCode,
      })
    })
    .catch(error => error)
  return { session, seen }
}

test('a JWT names the My Domain first, and the login host only when the org rejects that audience', async () => {
  const old = await loginByJwt(audience =>
    audience === PRODUCTION ? undefined : { error: 'invalid_grant', detail: 'Audience validation failed' },
  )
  expect(old.session).toMatchObject({ instanceUrl: 'https://acme.my.salesforce.com' })
  expect(old.seen).toEqual(['https://acme.my.salesforce.com', PRODUCTION])
  expect((await loginByJwt(() => undefined)).seen).toEqual(['https://acme.my.salesforce.com'])
  const unapproved = await loginByJwt(() => ({ error: 'invalid_grant', detail: "user hasn't approved this consumer" }))
  expect(unapproved.seen).toHaveLength(1)
})

test('reports the rejection of the My Domain when every audience is rejected', async () => {
  const { session } = await loginByJwt(audience =>
    audience === PRODUCTION
      ? { error: 'invalid_grant', detail: 'audience' }
      : { error: 'app_not_found', detail: 'no app' },
  )
  expect(session).toMatchObject({ errorCode: 'app_not_found' })
})
