import { authenticatedApp } from './appOfRequest.ts'
import { logIn, noteLogin } from './logIn.ts'
import { invalidGrant } from './oauthRejection.ts'
import { tokenParts } from './tokenBodies.ts'
import type { EmulatedUser, Grant, OAuthState } from './types.ts'

function isExpected(state: OAuthState, user: EmulatedUser, password: string): boolean {
  return password === user.password + user.securityToken || (state.addressTrusted && password === user.password)
}

/**
 * The username-password flow. Every failure gives the caller the same answer; the Login History has the reason.
 * https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_username_password_flow.htm
 */
export const passwordGrant: Grant = ({ form, ...request }, state) => {
  const app = authenticatedApp(form, request, state)
  const username = form.get('username') ?? ''
  const user = state.users.find(known => known.username.toLowerCase() === username.toLowerCase())
  const reject = (status: string) => {
    noteLogin(state, user?.username ?? username, 'password', status)
    return invalidGrant('authentication failure')
  }
  // External Client Apps do not support this flow (Salesforce Help, remoteaccess_oauth_username_password_flow).
  if (!state.passwordFlowAllowed || app.isExternalClientApp === true) throw reject('Username-Password Flow Disabled')
  if (user === undefined) throw reject('Invalid Username')
  const isLocked = state.logins.isLocked(user.username)
  if (!isLocked && !isExpected(state, user, form.get('password') ?? '')) throw reject('Invalid Password')
  const { access_token, instance_url, id, token_type, issued_at, signature } = tokenParts(
    state,
    app,
    logIn(state, user, app, 'password'),
  )
  return { access_token, instance_url, id, token_type, issued_at, signature }
}
