import { appWithId, checkSecret } from './appOfRequest.ts'
import { logIn } from './logIn.ts'
import { invalidGrant } from './oauthRejection.ts'
import { tokenParts } from './tokenBodies.ts'
import type { Grant, OAuthState } from './types.ts'

// Salesforce takes the reuse of a rotated token for theft: it revokes the current refresh token and all its access tokens.
function revokeReused(state: OAuthState, token: string): void {
  const reused = state.refreshTokens.revokeFamily(token)
  if (reused !== undefined) state.sessions.expireUser(reused.userId, reused.appId)
}

/**
 * The refresh token flow. The consumer secret is optional, but when it is sent it must be right. With refresh token rotation, each
 * answer has a new refresh token and the one that was sent is no longer valid.
 * https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_refresh_token_flow.htm and id=005316711 (rotation)
 */
export const refreshTokenGrant: Grant = ({ form }, state) => {
  const app = appWithId(state, form.get('client_id'))
  if (form.has('client_secret')) checkSecret(app, form.get('client_secret'))
  const token = form.get('refresh_token') ?? ''
  revokeReused(state, token)
  const refreshToken = state.refreshTokens.find(token)
  const user = state.users.find(known => known.id === refreshToken?.userId)
  if (refreshToken?.appId !== app.clientId || user === undefined) throw invalidGrant('expired access/refresh token')
  const { access_token, signature, scope, instance_url, id, token_type, issued_at } = tokenParts(
    state,
    app,
    logIn(state, user, app, 'refresh_token'),
  )
  const rotated = app.rotatesRefreshTokens === true && { refresh_token: state.refreshTokens.rotate(refreshToken).token }
  return { access_token, ...rotated, signature, scope, instance_url, id, token_type, issued_at }
}
