import { appWithId, checkSecret } from './appOfRequest.ts'
import { logIn } from './logIn.ts'
import { invalidGrant } from './oauthRejection.ts'
import { tokenParts } from './tokenBodies.ts'
import type { Grant } from './types.ts'

/**
 * The refresh token flow. The consumer secret is optional, but when it is sent it must be right.
 * https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_refresh_token_flow.htm
 */
export const refreshTokenGrant: Grant = ({ form }, state) => {
  const app = appWithId(state, form.get('client_id'))
  if (form.has('client_secret')) checkSecret(app, form.get('client_secret'))
  const refreshToken = state.refreshTokens.find(form.get('refresh_token') ?? '')
  const user = state.users.find(known => known.id === refreshToken?.userId)
  if (refreshToken?.appId !== app.clientId || user === undefined) throw invalidGrant('expired access/refresh token')
  const { access_token, signature, scope, instance_url, id, token_type, issued_at } = tokenParts(
    state,
    app,
    logIn(state, user, app, 'refresh_token'),
  )
  return { access_token, signature, scope, instance_url, id, token_type, issued_at }
}
