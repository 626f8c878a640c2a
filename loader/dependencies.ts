import type { SourceSpec, SyncSpec } from '../packages/client/contract/syncSpec.ts'
import type { Retention } from './runs/retention.ts'
import type { SalesforceConnection } from './salesforce/salesforceConnection.ts'
import type { SourceReader } from './sources/sourceReader.ts'
import type { SourceState } from './sources/sourceState.ts'
import type { RunStore } from './storage/runStore.ts'
import type { RunStores } from './storage/runStores.ts'

/** What the steps need. A worker builds it once from its configuration; a step takes the part that it uses. */
export type Dependencies = {
  /** Throws ConfigurationError when no connection has that name. */
  readonly connection: (name: string) => SalesforceConnection
  /** Advice about a connection's credentials, such as a flow that is about to be retired. */
  readonly connectionWarnings: (name: string) => readonly string[]
  /** The sync in the configuration; undefined when no sync has that name. */
  readonly sync: (name: string) => SyncSpec | undefined
  readonly syncNames: readonly string[]
  /** IANA name; undefined when the sync has no schedule in the configuration. */
  readonly scheduleZone: (sync: string) => string | undefined
  /** The store of a sync, which outlives its runs. Throws RunIdError for an invalid name. */
  readonly syncStore: (sync: string) => RunStore
  readonly runStore: (runId: string) => RunStore
  readonly runStores: RunStores
  /** How long runs are retained; undefined when the configuration has no retention. */
  readonly retention: Retention | undefined
  /** Throws a SourceError when the source cannot be read. */
  readonly openSource: (source: SourceSpec, onBytes?: (bytes: Uint8Array) => Promise<void>) => Promise<SourceReader>
  /** Undefined when the source does not exist yet. Throws a SourceError when it may not be read. */
  readonly statSource: (uri: string) => Promise<SourceState | undefined>
}
