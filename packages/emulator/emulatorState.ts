import type { IngestJobs } from './bulk/ingestJobs.ts'
import type { QueryJobs } from './bulk/queryJobs.ts'
import type { Callers } from './callers.ts'
import type { FaultBook } from './faults/faultBook.ts'
import type { OAuthState } from './oauth/types.ts'
import type { Org } from './records/org.ts'
import type { QueryCursors } from './rest/queryCursors.ts'
import type { EmulatorStats, Statistics } from './statistics.ts'

/** What the emulated org allows. */
export type EmulatorLimits = {
  /** API calls a day. */
  readonly dailyApiRequests: number
}

/** What a client needs for each way to log in, of the first user and the first app. */
export type EmulatorCredentials = {
  readonly username: string
  readonly password: string
  readonly securityToken: string
  readonly clientId: string
  readonly clientSecret: string
  readonly refreshToken: string
  /** A live session, for the flow that is given one. */
  readonly accessToken: string
  /** PEM (PKCS #8) to sign JWT bearer assertions with, for apps that brought no certificate. */
  readonly privateKey: string
}

/** Everything that an emulator knows, shared by all its requests. */
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
  /** Puts the whole org back to its start. */
  readonly reset: () => void
  readonly cursors: QueryCursors
  readonly ingestJobs: IngestJobs
  readonly queryJobs: QueryJobs
  readonly apiVersions: readonly string[]
  readonly limits: EmulatorLimits
  readonly clock: () => number
  readonly startedAt: number
  /** Milliseconds that a bulk job takes at least. */
  readonly processingDelayMs: number
  /** Whether answers are compressed for callers that accept it. */
  readonly compress: boolean
  /** Says that the emulator itself went wrong. */
  readonly report: (error: unknown) => void
}
