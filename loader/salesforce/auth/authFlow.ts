import type { Secret } from '../../http/secret.ts'

/** What a login gave: where the org is and the token to enter it with. */
export type Session = {
  readonly accessToken: Secret
  readonly instanceUrl: string
  /** The identity URL, `…/id/<organizationId>/<userId>`; absent where the token was given and not asked for. */
  readonly identityUrl?: string
}

/** A form to post to the token endpoint; Secrets are revealed when it is sent. */
export type TokenForm = Readonly<Record<string, string | Secret>>

export type LoginPlace = {
  readonly connection: string
  /** An origin: `https://acme.my.salesforce.com`. */
  readonly loginUrl: string
  /** As configured; the only place known when a token is given directly. */
  readonly instanceUrl?: string
}

export type RequestToken = (form: TokenForm) => Promise<Session>

/**
 * One way of getting a session. A new flow is a new file and a line in flows.ts.
 * @see https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_flows.htm
 */
export type AuthFlow<Auth> = {
  /** Throws LoginRejectedError when the org rejects, UnreachableError and TemporarilyRejectedError when it could not be asked. */
  login(auth: Auth, place: LoginPlace, requestToken: RequestToken): Promise<Session>
  /** Another session after the first ran out; equal to `login` where the flow can be repeated. */
  renew(auth: Auth, place: LoginPlace, requestToken: RequestToken): Promise<Session>
  /** Whatever must never be printed. */
  secrets(auth: Auth): readonly Secret[]
  /** A line the user should see now, before it becomes a failure. */
  warning?(auth: Auth): string
}
