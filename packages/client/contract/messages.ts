// What other programs see of the workflows: names, inputs, answers. Plain JSON throughout.

import type { StagedSource } from '../../../loader/protocol/staged.ts'
import type { ErrorCount } from '../../../loader/results/errorCounts.ts'
import type { ApiVersion, ObjectSummary } from '../../../loader/salesforce/salesforceConnection.ts'
import type { RunTitle } from '../../../loader/spec/runTitle.ts'
import type { CallAnswer } from './callAnswer.ts'
import type { Call } from './receivedCalls.ts'
import type { RunReport, Tally } from './runReport.ts'
import type { SearchAttribute, SearchValues } from './searchAttributes.ts'
import type { Operation } from './syncSpec.ts'

export const TASK_QUEUE = 'salesforce-link'

/** Workflow type names, as a service in any language starts them. */
export const WORKFLOW_TYPES = [
  'syncRecords',
  'receiveRecords',
  'pruneRuns',
  'checkSync',
  'checkWorker',
  'testConnection',
  'fetchVersions',
  'listObjects',
  'describeObject',
] as const
export type WorkflowType = (typeof WORKFLOW_TYPES)[number]

export type SyncRecordsInput = {
  /** Name of a sync in the worker's configuration. */
  readonly sync?: string
  /**
   * A whole sync spec as it would stand in the configuration, or, with `sync`, the keys that replace the named sync's; null takes
   * a key away. With a whole spec `sync` is no more than a name.
   */
  readonly spec?: Readonly<Record<string, unknown>>
  /**
   * Names the run in the run store; a run started again under the same name goes on where the first one stopped and sends nothing twice.
   * @default `nightly.2026-11-25` when the workflow's id is `sync/nightly/2026-11-25`, else the id of its first execution, which a reset keeps
   */
  readonly runId?: string
  /**
   * ISO 8601 with an offset, such as `2026-11-25T01:00:00Z`: fills `{date}` and its kin in the source's URI.
   * @default the time for which a schedule of Temporal has started the workflow
   */
  readonly scheduledTime?: string
  /**
   * IANA name of the zone in which the scheduled time is read.
   * @default that of the sync's schedule in the worker's configuration, else UTC
   */
  readonly timeZone?: string
  /**
   * Whether the report carries the result of every record; possible up to 200 records.
   * @default true when the source is inline, else false
   */
  readonly inlineResults?: boolean
  /** Written by the workflow itself when it continues as new; callers leave it out. */
  readonly resume?: SyncRecordsResume
}

/** Where a run stands when its history has grown long enough to go on in a new one. */
export type SyncRecordsResume = {
  readonly settings: RunSettings
  readonly staged: StagedSource
  /** Chunks settled so far, in sending order. */
  readonly done: number
  readonly tally: Tally
  /** Why records were rejected so far, without their values. */
  readonly rejections: readonly ErrorCount[]
}

/** What the workflow itself needs to know of the spec. */
export type RunSettings = {
  readonly connection: string
  readonly object: string
  /** Chunks worked on at a time. */
  readonly concurrency: number
  /** Milliseconds before records rejected for a passing reason are sent again; doubled for each later round. */
  readonly resendDelay: number
  readonly findsIds: boolean
  /** Milliseconds that the source may come late; absent when it must be there from the start. */
  readonly sourceWait?: number
  readonly inlineResults: boolean
  /** Whether anyone wants to hear how runs of this sync end. */
  readonly notifies: boolean
  readonly title: RunTitle
  /** Where the files of the run lie. */
  readonly location: string
  /** Id of the org; absent until the connection was proved. */
  readonly org?: string
  /** Those that the namespace has. */
  readonly searchAttributes: readonly SearchAttribute[]
  readonly searchValues: SearchValues
}

export const SYNC_STAGES = ['waiting', 'connecting', 'planning', 'staging', 'sending', 'aggregating', 'done'] as const
export type SyncStage = (typeof SYNC_STAGES)[number]

/** Answer of the query `progress`. Records are 0 until the source has been read. */
export type SyncProgress = {
  readonly runId: string
  readonly stage: SyncStage
  readonly records: number
  readonly settled: number
  readonly created: number
  readonly updated: number
  readonly failed: number
  readonly inDoubt: number
  readonly chunks: number
  readonly chunksDone: number
}

/** Input of `receiveRecords`, one running workflow per sync, whose id is `receive/` and the sync's name. */
export type ReceiveRecordsInput = {
  /** Name of a sync in the worker's configuration. Its `source` and `maxRejected` don't count here. */
  readonly sync: string
  /**
   * Milliseconds that calls are gathered for after the first one, up to 200 records; Temporal's timers may take a second more.
   * Those that come while others are loaded gather by themselves.
   * @default 0
   */
  readonly gatherFor?: number
  /** Milliseconds without a call after which the workflow ends. @default 600000 */
  readonly idleFor?: number
}

/** Input of the update `addRecords`: at most 200 records and 1 MB. */
export type AddRecordsInput = Call

/** Answer of the update `addRecords`. */
export type AddRecordsAnswer = CallAnswer

export type CheckSyncInput = { readonly sync: string }

/** What a run of the sync would do, as the integration user may. */
export type SyncCheck = {
  readonly sync: string
  readonly connection: string
  readonly object: string
  readonly operations: readonly Operation[]
  /** Number of fields mapped. */
  readonly fields: number
  readonly warnings: readonly string[]
}

export type WorkerCheck = {
  readonly runStore: {
    readonly location: string
    /** Bytes that may still be written; absent when that can't be known. */
    readonly free?: number
    /** Why it can't be used. */
    readonly fault?: string
  }
  /** The worker's clock, epoch milliseconds. */
  readonly now: number
}

/** What is given replaces what the worker's configuration says. Milliseconds. */
export type PruneRunsInput = {
  /** Says what would be removed and removes nothing. @default false */
  readonly dryRun?: boolean
  /** Time that completed runs are kept after their end. */
  readonly retention?: number
  /** The same of runs that failed, were cancelled or have records in doubt. */
  readonly retentionUnfinished?: number
}

export type PruneRunsAnswer = {
  /** Where the run store is. */
  readonly location: string
  readonly dryRun: boolean
  readonly removedCount: number
  /** Run ids, at most 1,000. */
  readonly removed: readonly string[]
  /** Run ids, at most 1,000: their time has passed, and a workflow works on them. */
  readonly working: readonly string[]
  readonly kept: number
}

export type ConnectionInput = { readonly connection: string }

/** What a test query proved. */
export type ConnectionTest = {
  readonly connection: string
  readonly instanceUrl: string
  readonly apiVersion: string
  readonly organization: { readonly id: string; readonly name: string; readonly isSandbox: boolean }
  readonly user: { readonly id: string; readonly name: string; readonly username: string }
  /** Milliseconds of the test query, there and back. */
  readonly latency: number
  /** Milliseconds that the org's clock is ahead of the worker's, to the second. */
  readonly clockOffset: number
  /** Calls left of the rolling 24 hours; absent when the org did not say. */
  readonly apiCalls?: { readonly used: number; readonly limit: number; readonly left: number }
  readonly warnings: readonly string[]
}

export type VersionsAnswer = {
  readonly connection: string
  readonly instanceUrl: string
  readonly versions: readonly ApiVersion[]
}

export type ObjectsAnswer = { readonly connection: string; readonly objects: readonly ObjectSummary[] }

export type DescribeObjectInput = ConnectionInput & { readonly object: string }

export type DescribedField = {
  readonly name: string
  readonly label: string
  readonly type: string
  readonly length: number
  /** Required on create. */
  readonly required: boolean
  readonly createable: boolean
  readonly updateable: boolean
  readonly externalId: boolean
  readonly unique: boolean
}

export type DescribeObjectAnswer = {
  readonly connection: string
  readonly object: string
  readonly label: string
  readonly createable: boolean
  readonly updateable: boolean
  readonly fields: readonly DescribedField[]
}

export type { RunReport }
