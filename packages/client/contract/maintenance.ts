// The workflows of `sflink doctor` and `sflink runs prune`: `checkSync`, `checkWorker`, `pruneRuns`.
import { z } from 'zod'
import { strictShape } from './issues.ts'
import type { Operation } from './operations.ts'
import { integer, name, optional } from './scalars.ts'

export const checkSyncInputSchema = strictShape({ sync: name })
export type CheckSyncInput = Readonly<z.output<typeof checkSyncInputSchema>>

/** What a run of the sync would do, as the integration user may. */
export type SyncCheck = {
  readonly sync: string
  readonly connection: string
  readonly object: string
  readonly operations: readonly Operation[]
  /** Number of mapped fields. */
  readonly fields: number
  readonly warnings: readonly string[]
}

export type WorkerConfiguration = {
  /** Absolute path. */
  readonly file: string
  /** When it was last read without a problem, epoch milliseconds. */
  readonly readAt: number
  /** Why the changed file is not used; absent if it is. */
  readonly problem?: string
  /** Changed keys that take effect after a restart. */
  readonly restartFor: readonly string[]
}

/** Whether a worker reaches a database of its configuration. */
export type DatabaseCheck = {
  readonly name: string
  /** `PostgreSQL 17.2 at db.acme.com:5432`; absent when it cannot be reached. */
  readonly server?: string
  /** Why it cannot be reached. */
  readonly error?: string
}

export type WorkerCheck = {
  readonly configuration: WorkerConfiguration
  readonly runStore: {
    readonly location: string
    /** Bytes that may still be written; absent if unknown. */
    readonly free?: number
    /** Why it cannot be used. */
    readonly error?: string
  }
  /** Absent from a worker of an earlier release. */
  readonly databases?: readonly DatabaseCheck[]
  /** The worker's clock, epoch milliseconds. */
  readonly now: number
}

/** Milliseconds. With less, files would be removed before anyone has read them. */
export const SHORTEST_RETENTION = 86_400_000
/** Milliseconds, a hundred years. */
const LONGEST_RETENTION = 36_525 * SHORTEST_RETENTION

const retention = integer(SHORTEST_RETENTION, LONGEST_RETENTION)

/** A retention may be longer than that of the worker's configuration; a shorter one is for a dry run. */
export const pruneRunsInputSchema = strictShape({
  dryRun: optional(z.boolean()).describe('Lists what would be removed and removes nothing. Default: false'),
  retention: optional(retention).describe('Milliseconds that completed runs are kept after their end'),
  retentionUnfinished: optional(retention).describe(
    'The same for runs that failed, were cancelled or have records in doubt',
  ),
})
export type PruneRunsInput = Readonly<z.output<typeof pruneRunsInputSchema>>

export type PruneRunsAnswer = {
  /** Where the run store is. */
  readonly location: string
  readonly dryRun: boolean
  readonly removedCount: number
  /** Run ids, at most 1,000. */
  readonly removed: readonly string[]
  /** Run ids, at most 1,000: overdue, but a workflow executes them. */
  readonly working: readonly string[]
  readonly kept: number
}
