import type { AddRecordsAnswer } from '../../packages/client/contract/receiveRecords.ts'
import type { RunReport } from '../../packages/client/contract/runReport.ts'

/** The records of a call in its run. */
export type CallInRun = {
  readonly id: string
  readonly runId: string
  /** Row of its first record in the run, 1-based. */
  readonly firstRow: number
  readonly records: number
}

/** The part of the report that answers the call; undefined when the run ended before its records were settled: it must be resumed. */
export function answerIn(report: RunReport, { runId, firstRow, records }: CallInRun): AddRecordsAnswer | undefined {
  const { outcome, results } = report
  if (results === undefined || (outcome !== 'completed' && outcome !== 'completed_with_rejected')) return undefined
  const own = results.slice(firstRow - 1, firstRow - 1 + records)
  return { runId, results: own.map((result, index) => ({ ...result, row: index + 1 })) }
}
