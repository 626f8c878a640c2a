import { timingSafeEqual } from 'node:crypto'
import { OAuthRejection } from './oauthRejection.ts'
import type { EmulatedApp, OAuthRequest, OAuthState } from './types.ts'

/** The app with this consumer key. Throws `invalid_client_id` when it does not exist. */
export function appWithId(state: OAuthState, clientId: string | null | undefined): EmulatedApp {
  const app = state.apps.find(known => known.clientId === clientId)
  if (app === undefined) throw new OAuthRejection('invalid_client_id', 'client identifier invalid')
  return app
}

/** Throws `invalid_client` when the consumer secret is wrong. */
export function checkSecret(app: EmulatedApp, secret: string | null | undefined): void {
  const [given, expected] = [Buffer.from(secret ?? ''), Buffer.from(app.clientSecret)]
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new OAuthRejection('invalid_client', 'invalid client credentials')
}

function basicCredentials(authorization: string | undefined): readonly [id: string, secret: string] | undefined {
  const encoded = /^Basic +(\S+)$/i.exec(authorization ?? '')?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString()
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : [text.slice(0, colon), text.slice(colon + 1)]
}

/** The app that authenticates with key and secret, in the body or by HTTP Basic. */
export function authenticatedApp(form: URLSearchParams, request: OAuthRequest, state: OAuthState): EmulatedApp {
  const basic = basicCredentials(request.authorization)
  const app = appWithId(state, basic?.[0] ?? form.get('client_id'))
  checkSecret(app, basic === undefined ? form.get('client_secret') : basic[1])
  return app
}
