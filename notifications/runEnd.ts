import type { RunOutcome, RunReport } from '../packages/client/contract/runReport.ts'

/** How a run ended, for those who watch over it. Plain JSON. */
export type RunEnd = {
  /** Name of the sync; a run of a spec of its own has none. */
  readonly sync?: string
  readonly runId: string
  readonly workflow: WorkflowPlace
  readonly outcome: RunOutcome
  /** Absent when the run failed before its source was read. */
  readonly report?: Pick<RunReport, 'connection' | 'object' | 'records' | 'tally' | 'errors' | 'files'>
  /** Whether the results went to a caller, who sees what was rejected: then only a failed run counts. @default false */
  readonly answersCaller?: boolean
  /** What ended a failed run. */
  readonly failure?: { readonly type: string; readonly message: string }
}

type WorkflowPlace = { readonly namespace: string; readonly workflowId: string; readonly runId: string }

const SYNC_STATES = ['ok', 'failing'] as const
/** What notifications are about: one is sent when it changes. */
export type SyncState = (typeof SYNC_STATES)[number]

/**
 * What a run's end says of its sync; undefined when it says nothing, as a cancelled run.
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

/** Records that are not in the org as they should be. */
export const rejectedOf = ({ tally }: NonNullable<RunEnd['report']>): number => tally.failed + tally.inDoubt
