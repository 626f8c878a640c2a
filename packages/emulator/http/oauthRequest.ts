import { handleIntrospect } from '../oauth/introspect.ts'
import { handleRevoke } from '../oauth/revoke.ts'
import { handleToken } from '../oauth/token.ts'
import type { OAuthAnswer, OAuthState } from '../oauth/types.ts'
import { handleIdentity, handleUserinfo } from '../oauth/userinfo.ts'
import type { ApiRequest } from './apiRequest.ts'

function form({ body, url }: ApiRequest): URLSearchParams {
  const text = body.text()
  return text === '' ? url.searchParams : new URLSearchParams(text)
}

/** Answers a request about logins and identities; undefined for any other path. */
export async function answerOAuthRequest(request: ApiRequest, state: OAuthState): Promise<OAuthAnswer | undefined> {
  const { url, headers, method } = request
  const oauthRequest = { host: headers.host ?? '', authorization: headers.authorization }
  const path = url.pathname
  if (path === '/services/oauth2/userinfo') return handleUserinfo(oauthRequest, state)
  if (path.startsWith('/id/')) return handleIdentity(oauthRequest, state)
  if (method !== 'POST') return undefined
  if (path === '/services/oauth2/token') return handleToken(form(request), oauthRequest, state)
  if (path === '/services/oauth2/introspect') return handleIntrospect(form(request), oauthRequest, state)
  return path === '/services/oauth2/revoke' ? handleRevoke(form(request), state) : undefined
}
