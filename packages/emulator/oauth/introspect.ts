import { jsonAnswer, rejectionAnswer } from './answers.ts'
import { authenticatedApp } from './appOfRequest.ts'
import { identityUrl, scopeOf } from './tokenBodies.ts'
import type { OAuthAnswer, OAuthRequest, OAuthState } from './types.ts'

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000)
}

/**
 * Answers `POST /services/oauth2/introspect`: whether a token is active, and its user. An app sees its own tokens only.
 * https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oidc_token_introspection.htm
 */
export function handleIntrospect(form: URLSearchParams, request: OAuthRequest, state: OAuthState): OAuthAnswer {
  try {
    const app = authenticatedApp(form, request, state)
    const session = state.sessions.find(form.get('token') ?? '')
    const user = state.users.find(known => known.id === session?.userId)
    if (session === undefined || user === undefined || session.appId !== app.clientId)
      return jsonAnswer(200, { active: false })
    return jsonAnswer(200, {
      active: true,
      scope: scopeOf(app),
      client_id: app.clientId,
      username: user.username,
      sub: identityUrl(state, user.id),
      token_type: 'access_token',
      exp: seconds(session.expiresAt),
      iat: seconds(session.issuedAt),
      nbf: seconds(session.issuedAt),
    })
  } catch (error) {
    return rejectionAnswer(error)
  }
}
