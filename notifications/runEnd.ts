import type { RunOutcome, RunReport } from '../packages/client/contract/runReport.ts'

/** How a run ended. Plain JSON. */
export type RunEnd = {
  /** Name of the sync; absent for a run of its own spec. */
  readonly sync?: string
  readonly runId: string
  readonly workflow: WorkflowPlace
  readonly outcome: RunOutcome
  /** Absent when the run failed before its source was read. */
  readonly report?: Pick<RunReport, 'connection' | 'object' | 'records' | 'tally' | 'errors' | 'files'>
  /** Whether a caller gets the results and sees the rejected records: then only a failed run counts. @default false */
  readonly answersCaller?: boolean
  /** The error that ended a failed run. */
  readonly failure?: { readonly type: string; readonly message: string }
}

type WorkflowPlace = { readonly namespace: string; readonly workflowId: string; readonly runId: string }

const SYNC_STATES = ['ok', 'failing'] as const
/** State of a sync; a change sends a notification. */
export type SyncState = (typeof SYNC_STATES)[number]

/**
 * The state of the sync after a run; undefined when the run does not change it, such as a cancelled run.
 * @param rejectedShare from 0 to 1; more records rejected or in doubt than this count as failing. @default never
 */
export function stateAfter(
  { outcome, report, answersCaller }: RunEnd,
  rejectedShare: number | undefined,
): SyncState | undefined {
  if (outcome === 'failed') return 'failing'
  if (outcome !== 'completed' && outcome !== 'completed_with_rejected') return undefined
  if (report === undefined || rejectedShare === undefined || answersCaller === true) return 'ok'
  return rejectedOf(report) > rejectedShare * report.records ? 'failing' : 'ok'
}

export const rejectedOf = ({ tally }: NonNullable<RunEnd['report']>): number => tally.failed + tally.inDoubt
