import type { LoginHistory } from './loginHistory.ts'
import type { RefreshTokens } from './refreshTokens.ts'
import type { Sessions } from './sessions.ts'

/** A user who can log in to the emulated org. */
export type EmulatedUser = {
  /** 18 characters, beginning with 005. */
  readonly id: string
  readonly username: string
  readonly password: string
  /** Appended to the password when the caller's address is not trusted. */
  readonly securityToken: string
  readonly firstName: string
  readonly lastName: string
  readonly email: string
  /** @default true */
  readonly isActive?: boolean
  /** Whether an admin, or Salesforce after a login from a high-risk address, has frozen the user. @default false */
  readonly isFrozen?: boolean
  /** Whether the profile's login IP ranges include the caller. @default true */
  readonly addressAllowed?: boolean
}

/** A connected app or external client app. */
export type EmulatedApp = {
  readonly name: string
  /** The consumer key. */
  readonly clientId: string
  /** The consumer secret. */
  readonly clientSecret: string
  /** Space-separated in answers, in this order: `api`, `refresh_token`, … */
  readonly scopes: readonly string[]
  /** PEM of the certificate, or of the public key, that checks the signature of JWT bearer assertions. */
  readonly certificate?: string
  /** Whether the app is an External Client App, the only kind that can be created since Spring '26. @default false */
  readonly isExternalClientApp?: boolean
  /** The policy "Enable Refresh Token Rotation". @default false */
  readonly rotatesRefreshTokens?: boolean
  /** Whether the client credentials flow is enabled for the app. @default false */
  readonly clientCredentials?: boolean
  /** The user that the client credentials flow runs as. Absent: the admin selected no user. */
  readonly runAsUserId?: string
  /** Present when the policy is "Admin approved users are pre-authorized"; when it is absent, any user may use the app. */
  readonly approvedUserIds?: readonly string[]
  /** Users who approved the app, for apps without that policy. */
  readonly consentedUserIds?: readonly string[]
}

/** The facts of the org for the token endpoint. Each request reads them again, so they can change. */
export type OAuthState = {
  /** 18 characters, beginning with 00D. */
  readonly organizationId: string
  /** `https://acme.my.salesforce.com`, without a trailing slash: the instance URL in answers. */
  readonly instanceUrl: string
  /** `https://login.salesforce.com`, without a trailing slash: the start of identity URLs. */
  readonly loginUrl: string
  /** Hosts, with port, that act as login.salesforce.com; every other host acts as the org's My Domain. */
  readonly loginHosts: readonly string[]
  /** Allowed `aud` of a JWT bearer assertion: `https://login.salesforce.com`, or `https://test.salesforce.com` in a sandbox. */
  readonly audiences: readonly string[]
  /** The setting "Allow OAuth Username-Password Flows", which is off in new orgs. */
  readonly passwordFlowAllowed: boolean
  /** Whether the caller's address is in a trusted range, so that no security token is needed. */
  readonly addressTrusted: boolean
  readonly users: readonly EmulatedUser[]
  readonly apps: readonly EmulatedApp[]
  readonly sessions: Sessions
  readonly refreshTokens: RefreshTokens
  readonly logins: LoginHistory
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** What a handler needs of an HTTP request. */
export type OAuthRequest = {
  /** The Host header, with the port. */
  readonly host: string
  /** The Authorization header. */
  readonly authorization?: string | undefined
}

/** An answer, ready to be sent. */
export type OAuthAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A request to the token endpoint. */
type TokenRequest = OAuthRequest & { readonly form: URLSearchParams }

/** The keys of a successful answer, in the order they are sent. */
type TokenBody = Readonly<Record<string, string>>

/** A grant type. Returns the answer's body, or throws an OAuthRejection. */
export type Grant = (request: TokenRequest, state: OAuthState) => TokenBody | Promise<TokenBody>
