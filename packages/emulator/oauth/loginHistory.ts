const oauthFlows = ['password', 'client_credentials', 'jwt_bearer', 'refresh_token'] as const

export type OAuthFlow = (typeof oauthFlows)[number]

/** One attempt to log in. `status` is `Success`, or the reason as the org's Login History shows it. */
export type Login = {
  /** Epoch milliseconds. */
  readonly time: number
  readonly username: string
  readonly flow: OAuthFlow
  readonly status: string
}

// https://help.salesforce.com/s/articleView?id=sf.admin_password.htm: the default of "Maximum invalid login attempts".
const MAX_INVALID_ATTEMPTS = 10
const HOUR_MILLISECONDS = 60 * 60 * 1000
/** Maximum logins of one user in an hour. */
const MAX_LOGINS_PER_HOUR = 3_600

/** The org's Login History: logins by user and flow, and locked users. */
export class LoginHistory {
  readonly #logins: Login[] = []
  readonly #invalidAttempts = new Map<string, number>()

  record(login: Login): void {
    this.#logins.push(login)
    if (login.status === 'Success') this.#invalidAttempts.delete(login.username)
    if (login.status === 'Invalid Password')
      this.#invalidAttempts.set(login.username, (this.#invalidAttempts.get(login.username) ?? 0) + 1)
  }

  get logins(): readonly Login[] {
    return this.#logins
  }

  /** Number of successful logins, by any flow or by one. */
  successes(flow?: OAuthFlow): number {
    return this.#logins.filter(login => login.status === 'Success' && (flow === undefined || login.flow === flow))
      .length
  }

  /** Whether the user entered too many wrong passwords in a row. */
  isLocked(username: string): boolean {
    return (this.#invalidAttempts.get(username) ?? 0) >= MAX_INVALID_ATTEMPTS
  }

  unlock(username: string): void {
    this.#invalidAttempts.delete(username)
  }

  /** Whether the user has used up the logins of the last hour. */
  rateExceeded(username: string, now: number): boolean {
    let found = 0
    for (let index = this.#logins.length - 1; index >= 0 && found < MAX_LOGINS_PER_HOUR; index--) {
      const login = this.#logins[index]
      if (login === undefined || login.time <= now - HOUR_MILLISECONDS) break
      if (login.username === username) found += 1
    }
    return found >= MAX_LOGINS_PER_HOUR
  }
}
