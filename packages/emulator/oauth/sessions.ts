import { randomBytes } from 'node:crypto'

// https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_tokens_scopes.htm: the sixth token replaces the oldest.
const MAX_LIVE_TOKENS = 5
// The default of an org's session settings.
const SESSION_MILLISECONDS = 2 * 60 * 60 * 1000

/** A live access token with its user and app. */
export type Session = {
  readonly accessToken: string
  readonly userId: string
  /** The app's consumer key. */
  readonly appId: string
  /** Epoch milliseconds. */
  readonly issuedAt: number
  readonly expiresAt: number
}

/** The access tokens of the org. */
export class Sessions {
  readonly #organizationId: string
  readonly #now: () => number
  readonly #live = new Map<string, Session>()
  #issued = 0

  constructor(organizationId: string, now: () => number = Date.now) {
    this.#organizationId = organizationId
    this.#now = now
  }

  /** Number of tokens issued so far. */
  get issued(): number {
    return this.#issued
  }

  /**
   * Issues a new token, or a given one again. At most five tokens of the same user and app are live: a sixth revokes the oldest.
   */
  issue(userId: string, appId: string, accessToken = this.#newToken()): Session {
    const siblings = [...this.#live.values()].filter(session => session.userId === userId && session.appId === appId)
    for (const oldest of siblings.slice(0, Math.max(0, siblings.length - MAX_LIVE_TOKENS + 1)))
      this.#live.delete(oldest.accessToken)
    const issuedAt = this.#now()
    const session = { accessToken, userId, appId, issuedAt, expiresAt: issuedAt + SESSION_MILLISECONDS }
    this.#live.set(accessToken, session)
    this.#issued += 1
    return session
  }

  // Salesforce's form: the org's id of 15 characters, an exclamation mark, and letters, digits, dots and underscores.
  #newToken(): string {
    const opaque = randomBytes(72).toString('base64url').replaceAll('-', '.')
    return `${this.#organizationId.slice(0, 15)}!${opaque}`
  }

  /** The session of a token, or undefined when it is unknown, revoked or expired. Its use extends its lifetime. */
  find(accessToken: string): Session | undefined {
    const session = this.#live.get(accessToken)
    if (session === undefined) return undefined
    const left = session.expiresAt - this.#now()
    // Salesforce extends a session that is used in the second half of its lifetime.
    if (left > SESSION_MILLISECONDS / 2) return session
    if (left <= 0) {
      this.#live.delete(accessToken)
      return undefined
    }
    const renewed = { ...session, expiresAt: this.#now() + SESSION_MILLISECONDS }
    this.#live.set(accessToken, renewed)
    return renewed
  }

  /** Ends one session; false when it did not exist. */
  expire(accessToken: string): boolean {
    return this.#live.delete(accessToken)
  }

  /** Ends the sessions of a user, or those through one app. */
  expireUser(userId: string, appId?: string): void {
    for (const session of this.#live.values())
      if (session.userId === userId && (appId === undefined || session.appId === appId))
        this.#live.delete(session.accessToken)
  }

  expireAll(): void {
    this.#live.clear()
  }
}
