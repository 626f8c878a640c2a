import type { OAuthFlow } from './loginHistory.ts'
import { invalidGrant, OAuthRejection } from './oauthRejection.ts'
import type { Session } from './sessions.ts'
import type { EmulatedApp, EmulatedUser, OAuthState } from './types.ts'

function rejectionOf(
  state: OAuthState,
  user: EmulatedUser,
  app: EmulatedApp,
): readonly [OAuthRejection, string] | undefined {
  if (user.isActive === false) return [invalidGrant('inactive user'), 'User is inactive']
  // No stored answer shows the words for a frozen user: they are those for an inactive one.
  if (user.isFrozen === true) return [invalidGrant('inactive user'), 'User is frozen']
  if (state.logins.isLocked(user.username)) return [invalidGrant('user is locked'), 'Password Lockout']
  if (user.addressAllowed === false) return [invalidGrant('ip restricted'), 'Restricted IP']
  if (state.logins.rateExceeded(user.username, state.now()))
    return [invalidGrant('login rate exceeded'), 'Login Rate Exceeded']
  if (app.approvedUserIds?.includes(user.id) === false)
    return [
      new OAuthRejection('invalid_app_access', 'user is not admin approved to access this app'),
      'User not admin approved',
    ]
  return undefined
}

/**
 * Creates a session for an authenticated user, and records the login.
 * Throws an OAuthRejection when the user is inactive, locked, blocked by address or rate, or not approved for the app.
 */
export function logIn(state: OAuthState, user: EmulatedUser, app: EmulatedApp, flow: OAuthFlow): Session {
  const rejection = rejectionOf(state, user, app)
  noteLogin(state, user.username, flow, rejection?.[1] ?? 'Success')
  if (rejection !== undefined) throw rejection[0]
  return state.sessions.issue(user.id, app.clientId)
}

/** Records an attempt in the Login History. */
export function noteLogin(state: OAuthState, username: string, flow: OAuthFlow, status: string): void {
  state.logins.record({ time: state.now(), username, flow, status })
}
