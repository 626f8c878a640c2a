import type { IngestJobs } from './bulk/ingestJobs.ts'
import type { QueryJobs } from './bulk/queryJobs.ts'
import type { Callers } from './callers.ts'
import type { FaultBook } from './faults/faultBook.ts'
import type { OAuthState } from './oauth/types.ts'
import type { Org } from './records/org.ts'
import type { QueryCursors } from './rest/queryCursors.ts'
import type { EmulatorStats, Statistics } from './statistics.ts'

/** The limits of the emulated org. */
export type EmulatorLimits = {
  /** API calls per day. */
  readonly dailyApiRequests: number
}

/** Credentials of the first user and the first app, for each login flow. */
export type EmulatorCredentials = {
  readonly username: string
  readonly password: string
  readonly securityToken: string
  readonly clientId: string
  readonly clientSecret: string
  readonly refreshToken: string
  /** A live session, for the flow that takes an access token. */
  readonly accessToken: string
  /** PEM (PKCS #8) that signs JWT bearer assertions, for apps without a certificate. */
  readonly privateKey: string
}

/** The state of an emulator, shared by all requests. */
export type EmulatorState = {
  readonly org: Org
  readonly organizationId: string
  readonly faults: FaultBook
  readonly callers: Callers
  readonly statistics: Statistics
  readonly stats: () => EmulatorStats
  /** The users, apps, sessions and settings behind the token endpoint. */
  readonly oauth: OAuthState
  readonly credentials: EmulatorCredentials
  /** Resets the whole org to its start. */
  readonly reset: () => void
  readonly cursors: QueryCursors
  readonly ingestJobs: IngestJobs
  readonly queryJobs: QueryJobs
  readonly apiVersions: readonly string[]
  readonly limits: EmulatorLimits
  readonly clock: () => number
  readonly startedAt: number
  /** Minimum milliseconds of a bulk job. */
  readonly processingDelayMs: number
  /** Whether answers are compressed for callers that accept it. */
  readonly compress: boolean
  /** Reports an error of the emulator itself. */
  readonly report: (error: unknown) => void
}
