import type { Secret } from '../../http/secret.ts'
import type { OpenTokenFiles } from './rotatingToken.ts'

/** The result of a login: the address of the org and the access token. */
export type Session = {
  readonly accessToken: Secret
  readonly instanceUrl: string
  /** The identity URL, `…/id/<organizationId>/<userId>`; absent when the token was configured instead of requested. */
  readonly identityUrl?: string
  /** The next refresh token, when the org replaces them. */
  readonly refreshToken?: Secret
}

/** A form to post to the token endpoint; Secrets are revealed when it is sent. */
export type TokenForm = Readonly<Record<string, string | Secret>>

export type LoginPlace = {
  readonly connection: string
  /** An origin: `https://acme.my.salesforce.com`. */
  readonly loginUrl: string
  /** As configured; the only known address when a token is configured. */
  readonly instanceUrl?: string
  /** Where refresh tokens that the org replaces are kept. */
  readonly openTokenFiles: OpenTokenFiles
}

export type RequestToken = (form: TokenForm) => Promise<Session>

/**
 * One way to get a session. To add one, see docs/architecture.md.
 * @see https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_flows.htm
 */
export type AuthFlow<Auth> = {
  /** Throws LoginRejectedError when the org rejects, UnreachableError and TemporarilyRejectedError when the login endpoint did not decide. */
  login(auth: Auth, place: LoginPlace, requestToken: RequestToken): Promise<Session>
  /** A new session after the first expired; equal to `login` when the flow can be repeated. */
  renew(auth: Auth, place: LoginPlace, requestToken: RequestToken): Promise<Session>
  /** Values that must never be printed. */
  secrets(auth: Auth): readonly Secret[]
  /** A warning to show now, before the problem becomes a failure. */
  warning?(auth: Auth): string
}
