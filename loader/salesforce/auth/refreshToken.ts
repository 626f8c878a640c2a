import type { Secret } from '../../http/secret.ts'
import type { AuthFlow, LoginPlace, RequestToken } from './authFlow.ts'
import { withNewestToken } from './rotatingToken.ts'

export type RefreshTokenAuth = {
  readonly flow: 'refresh_token'
  readonly clientId: string
  /** Apps without a secret (public clients) leave it out. */
  readonly clientSecret?: Secret
  /** As authorised; when the org replaces refresh tokens, the newest one is in the token files. */
  readonly refreshToken: Secret
}

const login = (auth: RefreshTokenAuth, place: LoginPlace, requestToken: RequestToken) =>
  withNewestToken(auth.refreshToken, place.openTokenFiles, refreshToken =>
    requestToken({
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: auth.clientId,
      ...(auth.clientSecret && { client_secret: auth.clientSecret }),
    }),
  )

/** @see https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_refresh_token_flow.htm */
export const refreshTokenFlow: AuthFlow<RefreshTokenAuth> = {
  login,
  renew: login,
  secrets: auth => (auth.clientSecret ? [auth.refreshToken, auth.clientSecret] : [auth.refreshToken]),
}
