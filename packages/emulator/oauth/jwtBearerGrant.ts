import { createPublicKey } from 'node:crypto'
import { compactVerify, decodeJwt, type JWTPayload } from 'jose'
import { appWithId } from './appOfRequest.ts'
import { logIn } from './logIn.ts'
import { invalidGrant, OAuthRejection } from './oauthRejection.ts'
import { tokenParts } from './tokenBodies.ts'
import type { EmulatedApp, EmulatedUser, Grant, OAuthState } from './types.ts'

const CLOCK_SKEW_SECONDS = 3 * 60

function invalidAssertion(): OAuthRejection {
  return invalidGrant('invalid assertion')
}

function claimsOf(assertion: string): JWTPayload {
  try {
    return decodeJwt(assertion)
  } catch {
    throw invalidAssertion()
  }
}

async function checkSignature(app: EmulatedApp, assertion: string): Promise<void> {
  if (app.certificate === undefined) throw invalidAssertion()
  try {
    await compactVerify(assertion, createPublicKey(app.certificate), { algorithms: ['RS256'] })
  } catch {
    throw invalidAssertion()
  }
}

const SHARED_LOGIN_HOSTS = ['login.salesforce.com', 'test.salesforce.com']

/**
 * An External Client App accepts only its org's My Domain as audience.
 * https://github.com/n8n-io/n8n/issues/28990
 */
function checkInstalled(state: OAuthState, app: EmulatedApp, { aud }: JWTPayload): void {
  if (app.isExternalClientApp !== true) return
  const hosts = [aud].flat().map(audience => URL.parse(audience ?? '')?.host ?? '')
  if (!hosts.some(host => SHARED_LOGIN_HOSTS.includes(host) || state.loginHosts.includes(host))) return
  throw new OAuthRejection('app_not_found', 'External client app is not installed in this org')
}

function checkClaims(state: OAuthState, { exp, aud }: JWTPayload): void {
  if (exp === undefined || exp + CLOCK_SKEW_SECONDS < state.now() / 1000) throw invalidAssertion()
  if (![aud].flat().some(audience => audience !== undefined && state.audiences.includes(audience)))
    throw invalidGrant('Audience validation failed')
}

// This flow has no consent page: the admin or the user has approved the app before.
function isAuthorised(app: EmulatedApp, user: EmulatedUser): boolean {
  return app.approvedUserIds !== undefined || app.consentedUserIds?.includes(user.id) === true
}

/**
 * The JWT bearer flow: an assertion signed with the app's key (RS256) names the user.
 * https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_jwt_flow.htm
 */
export const jwtBearerGrant: Grant = async ({ form }, state) => {
  const assertion = form.get('assertion') ?? ''
  const claims = claimsOf(assertion)
  const app = appWithId(state, claims.iss)
  checkInstalled(state, app, claims)
  await checkSignature(app, assertion)
  checkClaims(state, claims)
  const user = state.users.find(known => known.username.toLowerCase() === claims.sub?.toLowerCase())
  if (user === undefined || !isAuthorised(app, user)) throw invalidGrant("user hasn't approved this consumer")
  const { access_token, scope, instance_url, id, token_type } = tokenParts(
    state,
    app,
    logIn(state, user, app, 'jwt_bearer'),
  )
  return { access_token, scope, instance_url, id, token_type }
}
