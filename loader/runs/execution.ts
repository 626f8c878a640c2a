import type { RunOutcome } from '../../packages/client/contract/runReport.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'

/** The start of a workflow that executes a run, in the run store. */
export type StartedExecution = {
  readonly workflowId: string
  /** Name of the sync in the configuration; absent when the run was given its whole spec. */
  readonly sync?: string
  readonly connection: string
  readonly object: string
  readonly operation: SyncSpec['operation']
  /** UTC, `YYYY-MM-DDTHH:mm:ss`. */
  readonly startedAt: string
}

/** The end of such a workflow, when it wrote no report. */
export type EndedExecution = {
  readonly outcome: Extract<RunOutcome, 'failed' | 'cancelled'>
  /** UTC, `YYYY-MM-DDTHH:mm:ss`. */
  readonly finishedAt: string
  readonly failure?: { readonly type: string; readonly message: string }
}
