import type { KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'
import { Secret } from '../../http/secret.ts'
import { LoginRejectedError } from '../errors.ts'
import { GENERAL_LOGIN_HOSTS, isSalesforceHost } from '../orgAddress.ts'
import type { AuthFlow, LoginPlace, RequestToken, Session } from './authFlow.ts'
import { readPrivateKey } from './privateKey.ts'

export type JwtBearerAuth = {
  readonly flow: 'jwt_bearer'
  readonly clientId: string
  readonly username: string
  /** An RSA key as PEM text, in any form that `readPrivateKey` knows. */
  readonly privateKey: Secret
  /** @default the audiences of `audiencesOf`, in turn */
  readonly audience?: string
}

/** Seconds. Salesforce allows clocks to differ by three minutes, and requires short-lived assertions. */
const ASSERTION_LIFETIME = 180

/**
 * The audiences to try: the My Domain first, the only one that External Client Apps accept, then the login host of the org's kind, which older apps
 * were documented with. Any other host (the emulator, say) is its own audience.
 * @see https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_jwt_flow.htm
 */
export function audiencesOf({
  loginUrl,
  instanceUrl,
}: Pick<LoginPlace, 'loginUrl' | 'instanceUrl'>): readonly string[] {
  const { host, origin } = new URL(loginUrl)
  if (!isSalesforceHost(host)) return [origin]
  const sandbox = host === 'test.salesforce.com' || host.includes('.sandbox.') || host.includes('.scratch.')
  const general = sandbox ? 'https://test.salesforce.com' : 'https://login.salesforce.com'
  const own = GENERAL_LOGIN_HOSTS.includes(host) ? instanceUrl : origin
  return own === undefined ? [general] : [own, general]
}

function keyOf(auth: JwtBearerAuth, place: LoginPlace): KeyObject {
  const { key, problem } = readPrivateKey(auth.privateKey.reveal())
  if (key) return key
  throw new LoginRejectedError({
    connection: place.connection,
    flow: 'jwt_bearer',
    host: new URL(place.loginUrl).host,
    errorCode: 'INVALID_PRIVATE_KEY',
    detail: `the private key ${problem.detail}`,
    advice: problem.advice,
  })
}

async function loginAs(auth: JwtBearerAuth, key: KeyObject, audience: string, requestToken: RequestToken) {
  const assertion = await new SignJWT()
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(auth.clientId)
    .setSubject(auth.username)
    .setAudience(audience)
    .setExpirationTime(Math.floor(Date.now() / 1000) + ASSERTION_LIFETIME)
    .sign(key)
  return requestToken({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: new Secret(assertion) })
}

/** Rejections of the audience, not of the user: another audience may be accepted. */
const isOfAudience = (error: unknown): error is LoginRejectedError =>
  error instanceof LoginRejectedError && (error.errorCode === 'app_not_found' || /audience/i.test(error.detail))

async function login(auth: JwtBearerAuth, place: LoginPlace, requestToken: RequestToken): Promise<Session> {
  const key = keyOf(auth, place)
  const audiences = auth.audience === undefined ? audiencesOf(place) : [auth.audience]
  let first: LoginRejectedError | undefined
  for (const audience of audiences) {
    try {
      return await loginAs(auth, key, audience, requestToken)
    } catch (error) {
      if (!isOfAudience(error)) throw error
      first ??= error
    }
  }
  throw first
}

export const jwtBearerFlow: AuthFlow<JwtBearerAuth> = { login, renew: login, secrets: auth => [auth.privateKey] }
