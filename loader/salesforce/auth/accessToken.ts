import type { Secret } from '../../http/secret.ts'
import { LoginRejectedError } from '../errors.ts'
import type { AuthFlow } from './authFlow.ts'

export type AccessTokenAuth = {
  readonly flow: 'access_token'
  readonly accessToken: Secret
}

/** A token obtained elsewhere (`sf org display`, another service), with the connection's `instanceUrl`. It cannot be renewed. */
export const accessTokenFlow: AuthFlow<AccessTokenAuth> = {
  async login(auth, place) {
    if (place.instanceUrl !== undefined) return { accessToken: auth.accessToken, instanceUrl: place.instanceUrl }
    throw new LoginRejectedError({
      connection: place.connection,
      flow: 'access_token',
      host: 'no host',
      errorCode: 'NO_INSTANCE_URL',
      detail: 'an access token does not contain the address of its org',
      advice: 'Give instanceUrl, e.g. https://acme.my.salesforce.com',
    })
  },
  async renew(_auth, place) {
    throw new LoginRejectedError({
      connection: place.connection,
      flow: 'access_token',
      host: new URL(place.instanceUrl ?? place.loginUrl).host,
      statusCode: 401,
      errorCode: 'INVALID_SESSION_ID',
      detail: 'the access token has expired or does not belong to this org, and a given token cannot be renewed',
      advice: 'Give a fresh accessToken, or use the flow client_credentials or jwt_bearer, which renew theirs',
    })
  },
  secrets: auth => [auth.accessToken],
}
