import { createPrivateKey, type KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'
import { Secret } from '../../http/secret.ts'
import { LoginRejectedError } from '../errors.ts'
import type { AuthFlow, LoginPlace, RequestToken } from './authFlow.ts'

export type JwtBearerAuth = {
  readonly flow: 'jwt_bearer'
  readonly clientId: string
  readonly username: string
  /** PEM text, PKCS#8 or PKCS#1. */
  readonly privateKey: Secret
  /** @default the login host of the org's kind, see `audienceOf` */
  readonly audience?: string
}

/** Seconds. Salesforce allows clocks to differ by three minutes, and requires short-lived assertions. */
const ASSERTION_LIFETIME = 180

/**
 * Salesforce knows two audiences, one for production and one for sandboxes, whatever the My Domain is called.
 * Any other host (the emulator, say) is its own audience.
 * @see https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_jwt_flow.htm
 */
export function audienceOf(loginUrl: string): string {
  const { host, origin } = new URL(loginUrl)
  if (!/\.(salesforce|cloudforce)\.com$/.test(host)) return origin
  const sandbox = host === 'test.salesforce.com' || host.includes('.sandbox.') || host.includes('.scratch.')
  return sandbox ? 'https://test.salesforce.com' : 'https://login.salesforce.com'
}

function readKey(auth: JwtBearerAuth, place: LoginPlace): KeyObject {
  try {
    return createPrivateKey(auth.privateKey.reveal())
  } catch {
    // Without its cause, which may contain the key.
    throw new LoginRejectedError({
      connection: place.connection,
      flow: 'jwt_bearer',
      host: new URL(place.loginUrl).host,
      errorCode: 'INVALID_PRIVATE_KEY',
      detail: 'the private key cannot be read',
      advice: 'Give an RSA key as unencrypted PEM text, from -----BEGIN to the END line, line breaks included',
    })
  }
}

async function login(auth: JwtBearerAuth, place: LoginPlace, requestToken: RequestToken) {
  const key = readKey(auth, place)
  const assertion = await new SignJWT()
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(auth.clientId)
    .setSubject(auth.username)
    .setAudience(auth.audience ?? audienceOf(place.loginUrl))
    .setExpirationTime(Math.floor(Date.now() / 1000) + ASSERTION_LIFETIME)
    .sign(key)
  return requestToken({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: new Secret(assertion) })
}

export const jwtBearerFlow: AuthFlow<JwtBearerAuth> = { login, renew: login, secrets: auth => [auth.privateKey] }
