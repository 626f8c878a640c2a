import { generateKeyPairSync } from 'node:crypto'
import { SignJWT } from 'jose'
import { LoginHistory } from '../../oauth/loginHistory.ts'
import { RefreshTokens } from '../../oauth/refreshTokens.ts'
import { Sessions } from '../../oauth/sessions.ts'
import { handleToken } from '../../oauth/token.ts'
import type { EmulatedApp, EmulatedUser, OAuthState } from '../../oauth/types.ts'

export const LOGIN_HOST = 'login.localhost:8443'
export const MY_DOMAIN_HOST = 'acme.localhost:8443'
/** An `exp` one second beyond the clock skew of three minutes, in epoch seconds. */
export const BEYOND_SKEW = Date.UTC(2026, 10, 25, 11, 56, 59) / 1000
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
export const otherKeys = generateKeyPairSync('rsa', { modulusLength: 2048 })

export const user: EmulatedUser = {
  id: '0055f000001aBcDAAU',
  username: 'loader@acme.example',
  password: 'correct horse',
  securityToken: 'TOKEN123',
  firstName: 'Lou',
  lastName: 'Loader',
  email: 'lou@acme.example',
}

export const app: EmulatedApp = {
  name: 'Loader',
  clientId: '3MVG9loader',
  clientSecret: 'S3CRET',
  scopes: ['api', 'refresh_token'],
  certificate: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  clientCredentials: true,
  runAsUserId: user.id,
  consentedUserIds: [user.id],
}

/** An org with one user and one app, with the changes of a test; its clock is fixed until `clock.now` is set. */
export function orgWith(
  changes: Partial<OAuthState> & { readonly user?: Partial<EmulatedUser>; readonly app?: Partial<EmulatedApp> } = {},
) {
  const clock = { now: Date.UTC(2026, 10, 25, 12) }
  const organizationId = '00D5f000000AbCdEAK'
  const { user: userChanges, app: appChanges, ...rest } = changes
  const state: OAuthState = {
    organizationId,
    instanceUrl: 'http://acme.localhost:8443',
    loginUrl: 'http://login.localhost:8443',
    loginHosts: [LOGIN_HOST],
    audiences: ['https://login.salesforce.com'],
    passwordFlowAllowed: true,
    addressTrusted: false,
    users: [{ ...user, ...userChanges }],
    apps: [{ ...app, ...appChanges }],
    sessions: new Sessions(organizationId, () => clock.now),
    refreshTokens: new RefreshTokens(),
    logins: new LoginHistory(),
    now: () => clock.now,
    ...rest,
  }
  return { state, clock }
}

type Form = { readonly [key: string]: string }

/** Posts a form to the token endpoint. Returns status, headers and parsed body. */
export async function token(
  state: OAuthState,
  form: Form,
  request: { readonly host?: string; readonly authorization?: string } = {},
) {
  const answer = await handleToken(new URLSearchParams(form), { host: MY_DOMAIN_HOST, ...request }, state)
  return { ...answer, body: JSON.parse(answer.body) as Readonly<Record<string, string>> }
}

export const passwordForm: Form = {
  grant_type: 'password',
  client_id: app.clientId,
  client_secret: app.clientSecret,
  username: user.username,
  password: user.password + user.securityToken,
}

export const clientCredentialsForm: Form = {
  grant_type: 'client_credentials',
  client_id: app.clientId,
  client_secret: app.clientSecret,
}

type Claims = { readonly iss?: string; readonly sub?: string; readonly aud?: string | string[]; readonly exp?: number }

/** A form with a signed assertion that is valid except for the given claims. Without `exp` it expires a minute after the clock's start. */
export async function jwtForm(claims: Claims = {}, key = keys.privateKey, alg = 'RS256'): Promise<Form> {
  const payload = {
    iss: app.clientId,
    sub: user.username,
    aud: 'https://login.salesforce.com',
    exp: Date.UTC(2026, 10, 25, 12, 1) / 1000,
    ...claims,
  }
  return { grant_type: JWT_BEARER, assertion: await new SignJWT(payload).setProtectedHeader({ alg }).sign(key) }
}

export function refreshForm(refreshToken: string): Form {
  return {
    grant_type: 'refresh_token',
    client_id: app.clientId,
    client_secret: app.clientSecret,
    refresh_token: refreshToken,
  }
}
