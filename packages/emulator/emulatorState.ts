import type { IngestJobs } from './bulk/ingestJobs.ts'
import type { QueryJobs } from './bulk/queryJobs.ts'
import type { Callers } from './callers.ts'
import type { FaultBook } from './faults/faultBook.ts'
import type { Org } from './records/org.ts'
import type { QueryCursors } from './rest/query.ts'
import type { EmulatorCredentials } from './startEmulator.ts'
import type { EmulatorStats, Statistics } from './statistics.ts'

/** What the emulated org allows. */
export type EmulatorLimits = {
  /** API calls a day. */
  readonly dailyApiRequests: number
}

/** Everything that an emulator knows, shared by all its requests. */
export type EmulatorState = {
  readonly org: Org
  readonly organizationId: string
  readonly faults: FaultBook
  readonly callers: Callers
  readonly statistics: Statistics
  readonly stats: () => EmulatorStats
  /** Of the first user and app, for whoever develops against the emulator. */
  readonly credentials: () => EmulatorCredentials
  readonly cursors: QueryCursors
  readonly ingestJobs: IngestJobs
  readonly queryJobs: QueryJobs
  readonly apiVersions: readonly string[]
  readonly limits: EmulatorLimits
  readonly clock: () => number
  readonly startedAt: number
  readonly seed: number
  /** Milliseconds that a bulk job takes at least. */
  readonly processingDelayMs: number
  /** Whether answers are compressed for callers that accept it. */
  readonly compress: boolean
  /** Says that the emulator itself went wrong. */
  readonly report: (error: unknown) => void
}
