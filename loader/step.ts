import { LinkError } from '../packages/client/contract/linkError.ts'
import type { WorkerConfiguration } from '../packages/client/contract/maintenance.ts'
import type { ExternalSource, SourceSpec } from '../packages/client/contract/sourceSpec.ts'
import type { SyncSpec } from '../packages/client/contract/syncSpec.ts'
import type { Retention } from './runs/runSummary.ts'
import type { SalesforceConnection } from './salesforce/salesforceConnection.ts'
import type { ContentFiles } from './sources/contentFiles.ts'
import type { DatabaseSettings } from './sources/postgres/databaseSettings.ts'
import type { SourceOpening as PlacedOpening, SourceReader, SourceState } from './sources/sourceReader.ts'
import type { CallerRules } from './spec/callerRules.ts'
import type { RunStore, RunStores } from './storage/runStore.ts'

/** What a long step gets from its caller. */
export type Step = {
  /** Aborts when the run is cancelled or the process stops. */
  readonly signal: AbortSignal
  /** Whether the run was cancelled. Otherwise another worker continues a step whose signal has aborted. */
  readonly isCancelled: () => boolean
  /** Reports that the step is alive. @param details what it works on, plain JSON without values of records */
  readonly heartbeat: (details: object) => void
  /** 1-based number of this attempt of the step. */
  readonly attempt: number
  /** The details that the previous attempt reported last. */
  readonly lastHeartbeat?: unknown
}

/** How a step opens a source. The worker knows where sources may be. */
type SourceOpening = Required<Pick<PlacedOpening, 'onBytes' | 'signal' | 'decimalSeparator'>>

/** What the steps need. A worker builds it once from its configuration; a step takes the part that it uses. */
export type Dependencies = {
  /** Throws ConfigurationError when no connection has that name. */
  readonly connection: (name: string) => SalesforceConnection
  readonly connectionNames: readonly string[]
  /** Advice about a connection's credentials, such as a flow that is about to be retired. */
  readonly connectionWarnings: (name: string) => readonly string[]
  /** The sync in the configuration; undefined when no sync has that name. */
  readonly sync: (name: string) => SyncSpec | undefined
  readonly syncNames: readonly string[]
  /** The syncs of a flow in the configuration, in their order; undefined when no flow has that name. */
  readonly flow: (name: string) => readonly string[] | undefined
  readonly flowNames: readonly string[]
  /** What callers may load; undefined when anything. */
  readonly allow: CallerRules | undefined
  readonly databases: ReadonlyMap<string, DatabaseSettings>
  /** The configuration that the worker uses, for `sflink doctor`. */
  readonly configurationState: () => WorkerConfiguration
  /** IANA name; undefined when the sync, or the flow, has no schedule in the configuration. */
  readonly scheduleZone: (name: string) => string | undefined
  /** The store of a sync, which outlives its runs. Throws RunIdError for an invalid name. */
  readonly syncStore: (sync: string) => RunStore
  readonly runStore: (runId: string) => RunStore
  readonly runStores: RunStores
  /** How long runs are retained; undefined when the configuration has no retention. */
  readonly retention: Retention | undefined
  /** Throws a SourceError when the source cannot be read. */
  readonly openSource: (source: SourceSpec, reading: SourceOpening) => Promise<SourceReader>
  /** Undefined when the source does not exist yet. Throws a SourceError when it may not be read. */
  readonly statSource: (source: ExternalSource, signal: AbortSignal) => Promise<SourceState | undefined>
  /** The files that rows of a source name. */
  readonly contentFiles: ContentFiles
}

/** Thrown when what a step waits for (a job, a source, an answer) is not there yet. The step runs again after `retryAfter`. */
export class WaitingError extends LinkError {
  override readonly name: string = 'WaitingError'
  readonly kind = 'waiting' as const
  override readonly retryAfter: number

  /** @param retryAfter milliseconds */
  constructor(message: string, retryAfter: number) {
    super(message)
    this.retryAfter = Math.max(1, retryAfter)
  }
}
