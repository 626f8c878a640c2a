import { Secret } from '../../http/secret.ts'
import type { AuthFlow, LoginPlace, RequestToken } from './authFlow.ts'

export type PasswordAuth = {
  readonly flow: 'password'
  readonly clientId: string
  readonly clientSecret: Secret
  readonly username: string
  readonly password: Secret
  /** Not needed when the org trusts the caller's address. */
  readonly securityToken?: Secret
}

/** Salesforce requires the security token directly after the password, without a separator. */
const passwordAndToken = (auth: PasswordAuth): Secret =>
  new Secret(auth.password.reveal() + (auth.securityToken?.reveal() ?? ''))

const login = (auth: PasswordAuth, _place: LoginPlace, requestToken: RequestToken) =>
  requestToken({
    grant_type: 'password',
    client_id: auth.clientId,
    client_secret: auth.clientSecret,
    username: auth.username,
    password: passwordAndToken(auth),
  })

/** @see https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_username_password_flow.htm */
export const passwordFlow: AuthFlow<PasswordAuth> = {
  login,
  renew: login,
  secrets: auth => [
    passwordAndToken(auth),
    auth.password,
    auth.clientSecret,
    ...(auth.securityToken ? [auth.securityToken] : []),
  ],
  warning: () =>
    'Salesforce retires the flow password on 20 February 2027, and blocks it by default in orgs made since Summer 2023. ' +
    'Change auth.flow to client_credentials or jwt_bearer before that day.',
}
