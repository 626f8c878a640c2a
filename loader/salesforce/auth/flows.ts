import type { Secret } from '../../http/secret.ts'
import { type AccessTokenAuth, accessTokenFlow } from './accessToken.ts'
import type { AuthFlow, LoginPlace, RequestToken, Session } from './authFlow.ts'
import { type ClientCredentialsAuth, clientCredentialsFlow } from './clientCredentials.ts'
import { type JwtBearerAuth, jwtBearerFlow } from './jwtBearer.ts'
import { type PasswordAuth, passwordFlow } from './password.ts'
import { type RefreshTokenAuth, refreshTokenFlow } from './refreshToken.ts'

export type AuthSettings = AccessTokenAuth | ClientCredentialsAuth | JwtBearerAuth | PasswordAuth | RefreshTokenAuth
export type AuthFlowName = AuthSettings['flow']

const FLOWS: { readonly [Name in AuthFlowName]: AuthFlow<Extract<AuthSettings, { flow: Name }>> } = {
  access_token: accessTokenFlow,
  client_credentials: clientCredentialsFlow,
  jwt_bearer: jwtBearerFlow,
  password: passwordFlow,
  refresh_token: refreshTokenFlow,
}

export const AUTH_FLOWS = Object.keys(FLOWS) as readonly AuthFlowName[]

/** A flow bound to its settings. */
export type BoundFlow = {
  login(place: LoginPlace, requestToken: RequestToken): Promise<Session>
  renew(place: LoginPlace, requestToken: RequestToken): Promise<Session>
  readonly secrets: readonly Secret[]
  readonly warning: string | undefined
}

export function bindFlow(auth: AuthSettings): BoundFlow {
  // The table's type pairs each name with its settings; TypeScript cannot follow the pair through the index.
  const flow = FLOWS[auth.flow] as AuthFlow<AuthSettings>
  return {
    login: (place, requestToken) => flow.login(auth, place, requestToken),
    renew: (place, requestToken) => flow.renew(auth, place, requestToken),
    secrets: flow.secrets(auth),
    warning: flow.warning?.(auth),
  }
}
