import type { Notifier } from '../notifications/notifier.ts'
import type { SourceSpec, SyncSpec } from '../packages/client/contract/syncSpec.ts'
import type { Retention } from './runs/retention.ts'
import type { SalesforceConnection } from './salesforce/salesforceConnection.ts'
import type { SourceReader, SourceState } from './sources/sourceReader.ts'
import type { RunStore, RunStores } from './storage/runStore.ts'

/** What the activities work with. A worker builds it once from its configuration; nothing here is kept in modules. */
export type Dependencies = {
  /** Throws ConfigurationError when there is no connection of that name. */
  readonly connection: (name: string) => SalesforceConnection
  /** Advice about a connection's credentials, such as a flow that is about to be retired. */
  readonly connectionWarnings: (name: string) => readonly string[]
  /** The sync as it stands in the configuration; undefined when there is none of that name. */
  readonly sync: (name: string) => SyncSpec | undefined
  readonly syncNames: readonly string[]
  /** IANA name; undefined when the sync has no schedule in the configuration. */
  readonly scheduleZone: (sync: string) => string | undefined
  /** What is kept of a sync from run to run. Throws RunIdError for what can't be a sync's name. */
  readonly syncStore: (sync: string) => RunStore
  readonly runStore: (runId: string) => RunStore
  readonly runStores: RunStores
  /** How long runs are kept; undefined when the configuration does not say. */
  readonly retention: Retention | undefined
  readonly notifier: Notifier
  /** Throws a SourceError when the source cannot be read. */
  readonly openSource: (source: SourceSpec, onBytes?: (bytes: Uint8Array) => Promise<void>) => Promise<SourceReader>
  /** Undefined when there is no such source yet. Throws a SourceError when it may not be read. */
  readonly statSource: (uri: string) => Promise<SourceState | undefined>
}
