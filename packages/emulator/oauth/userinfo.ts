import { bearerToken, jsonAnswer } from './answers.ts'
import { identityUrl } from './tokenBodies.ts'
import type { EmulatedUser, OAuthAnswer, OAuthRequest, OAuthState } from './types.ts'

function callerOf(request: OAuthRequest, state: OAuthState): EmulatedUser | undefined {
  const session = state.sessions.find(bearerToken(request.authorization))
  return state.users.find(user => user.id === session?.userId)
}

function badToken(): OAuthAnswer {
  return {
    status: 403,
    headers: { 'content-type': 'text/html;charset=UTF-8', 'cache-control': 'no-store' },
    body: 'Bad_OAuth_Token',
  }
}

function apiUrls({ instanceUrl }: OAuthState) {
  return {
    rest: `${instanceUrl}/services/data/v{version}/`,
    sobjects: `${instanceUrl}/services/data/v{version}/sobjects/`,
    query: `${instanceUrl}/services/data/v{version}/query/`,
    custom_domain: instanceUrl,
  }
}

function displayName(user: EmulatedUser): string {
  return `${user.firstName} ${user.lastName}`
}

/**
 * Answers `GET /services/oauth2/userinfo` in the form of OpenID Connect.
 * https://help.salesforce.com/s/articleView?id=sf.remoteaccess_using_userinfo_endpoint.htm
 */
export function handleUserinfo(request: OAuthRequest, state: OAuthState): OAuthAnswer {
  const user = callerOf(request, state)
  if (user === undefined) return badToken()
  return jsonAnswer(200, {
    sub: identityUrl(state, user.id),
    user_id: user.id,
    organization_id: state.organizationId,
    preferred_username: user.username,
    nickname: user.username.split('@')[0],
    name: displayName(user),
    email: user.email,
    email_verified: true,
    given_name: user.firstName,
    family_name: user.lastName,
    zoneinfo: 'GMT',
    urls: apiUrls(state),
    active: true,
    user_type: 'STANDARD',
    language: 'en_US',
    locale: 'en_US',
    utcOffset: 0,
  })
}

/**
 * Answers `GET /id/{organization}/{user}`, the identity URL in each token answer.
 * https://help.salesforce.com/s/articleView?id=sf.remoteaccess_using_openid.htm
 */
export function handleIdentity(request: OAuthRequest, state: OAuthState): OAuthAnswer {
  const user = callerOf(request, state)
  if (user === undefined) return badToken()
  return jsonAnswer(200, {
    id: identityUrl(state, user.id),
    asserted_user: true,
    user_id: user.id,
    organization_id: state.organizationId,
    username: user.username,
    nick_name: user.username.split('@')[0],
    display_name: displayName(user),
    email: user.email,
    email_verified: true,
    first_name: user.firstName,
    last_name: user.lastName,
    timezone: 'GMT',
    urls: apiUrls(state),
    active: true,
    user_type: 'STANDARD',
    language: 'en_US',
    locale: 'en_US',
    utcOffset: 0,
  })
}
