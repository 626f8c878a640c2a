import type { ErrorCount } from '../../../loader/results/errorCounts.ts'
import type { RecordResult } from './recordResult.ts'
import type { Engine, SyncSpec } from './syncSpec.ts'
import type { Tally } from './tally.ts'

export const RUN_OUTCOMES = ['completed', 'completed_with_rejected', 'skipped', 'cancelled', 'failed'] as const
/**
 * `completed`: every record was created or updated. `completed_with_rejected`: every record has its result, and some were
 * rejected or are in doubt. `skipped`: there was nothing to load, and the sync says that this is well. `cancelled` and `failed`: the run ended before every record was sent.
 */
export type RunOutcome = (typeof RUN_OUTCOMES)[number]

export const SKIP_REASONS = ['missing', 'unchanged'] as const

/** Why a run has loaded nothing. */
export type SkippedRun = {
  /** The source was not there, or was byte for byte the one of the last completed run. */
  readonly reason: (typeof SKIP_REASONS)[number]
  /** One line for a person. */
  readonly message: string
}

/** Where the files of a run lie, for a person to open: paths or URIs. */
type RunFiles = {
  readonly results: string
  /** Absent when no record was rejected. */
  readonly rejected?: string
  /** Source rows of the records in doubt; absent when there are none. */
  readonly inDoubt?: string
  readonly report: string
}

/** What the workflow `syncRecords` returns, and report.json holds. Plain JSON. */
export type RunReport = {
  readonly runId: string
  readonly outcome: RunOutcome
  /** Present when the run was skipped; it has no records then. */
  readonly skipped?: SkippedRun
  readonly connection: string
  readonly object: string
  readonly operation: SyncSpec['operation']
  readonly engine: Engine
  /** Records in the source; as many results are in results.csv. */
  readonly records: number
  readonly tally: Tally
  /** The most frequent first. */
  readonly errors: readonly ErrorCount[]
  readonly files: RunFiles
  /** UTC, `YYYY-MM-DDTHH:mm:ss`. */
  readonly startedAt: string
  readonly finishedAt: string
  readonly warnings: readonly string[]
  /** In source order; present when they were asked for and the run has at most 200 records. */
  readonly results?: readonly RecordResult[]
}

/** Most records whose results a report carries itself. */
export const MOST_INLINE_RESULTS = 200

/** How a run that came to its end is called, by what became of its records. */
export function completedOutcome(tally: Tally): RunOutcome {
  return tally.failed + tally.inDoubt === 0 ? 'completed' : 'completed_with_rejected'
}

export type { Tally }
