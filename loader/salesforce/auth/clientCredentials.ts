import type { Secret } from '../../http/secret.ts'
import type { AuthFlow, LoginPlace, RequestToken } from './authFlow.ts'

export type ClientCredentialsAuth = {
  readonly flow: 'client_credentials'
  readonly clientId: string
  readonly clientSecret: Secret
}

const login = (auth: ClientCredentialsAuth, _place: LoginPlace, requestToken: RequestToken) =>
  requestToken({ grant_type: 'client_credentials', client_id: auth.clientId, client_secret: auth.clientSecret })

/**
 * The app's own "Run As" user; on a My Domain host only.
 * @see https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_client_credentials_flow.htm
 */
export const clientCredentialsFlow: AuthFlow<ClientCredentialsAuth> = {
  login,
  renew: login,
  secrets: auth => [auth.clientSecret],
}
