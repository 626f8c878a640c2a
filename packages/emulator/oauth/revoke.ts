import type { OAuthAnswer, OAuthState } from './types.ts'

const FORM_HEADERS = { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8', 'cache-control': 'no-store' }

function rejection(error: string, description: string): OAuthAnswer {
  return {
    status: 400,
    headers: FORM_HEADERS,
    body: new URLSearchParams({ error, error_description: description }).toString(),
  }
}

const TOKEN_TYPES = ['access_token', 'refresh_token']

/**
 * Answers `POST /services/oauth2/revoke`: an empty 200, or 400 with the error in form encoding. A refresh token also revokes the access
 * tokens of its user and app.
 * https://help.salesforce.com/s/articleView?id=sf.remoteaccess_revoke_token.htm
 */
export function handleRevoke(form: URLSearchParams, state: OAuthState): OAuthAnswer {
  const hint = form.get('token_type_hint')
  if (hint !== null && !TOKEN_TYPES.includes(hint))
    return rejection('unsupported_token_type', 'this token type is not supported')
  const token = form.get('token') ?? ''
  const refreshToken = state.refreshTokens.revoke(token)
  if (refreshToken !== undefined) state.sessions.expireUser(refreshToken.userId, refreshToken.appId)
  else if (!state.sessions.expire(token)) return rejection('invalid_token', 'invalid token')
  return { status: 200, headers: { 'cache-control': 'no-store' }, body: '' }
}
