import { createHmac } from 'node:crypto'
import type { Session } from './sessions.ts'
import type { EmulatedApp, OAuthState } from './types.ts'

/** `https://login.salesforce.com/id/00D…/005…` */
export function identityUrl(state: OAuthState, userId: string): string {
  return `${state.loginUrl}/id/${state.organizationId}/${userId}`
}

/** Space-separated, as `scope` is sent. */
export function scopeOf(app: EmulatedApp): string {
  return app.scopes.join(' ')
}

/** The answers of all flows; each flow selects its keys, in its own order. */
export function tokenParts(state: OAuthState, app: EmulatedApp, session: Session) {
  const id = identityUrl(state, session.userId)
  // A string of digits, not a number.
  const issued_at = String(session.issuedAt)
  return {
    access_token: session.accessToken,
    instance_url: state.instanceUrl,
    id,
    token_type: 'Bearer',
    issued_at,
    signature: createHmac('sha256', app.clientSecret)
      .update(id + issued_at)
      .digest('base64'),
    scope: scopeOf(app),
  }
}
