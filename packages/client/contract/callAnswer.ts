// What of a run's report answers one of the calls that it was made of.
import type { RecordResult } from './recordResult.ts'
import type { RunReport } from './runReport.ts'

/** A call's records in its run. */
export type CallInRun = {
  readonly id: string
  readonly runId: string
  /** Row of its first record in the run, 1-based. */
  readonly firstRow: number
  readonly records: number
}

export type CallAnswer = {
  /** The run that loaded the records, maybe with those of other calls. */
  readonly runId: string
  /** One for each record of the call, in its order; `row` is the record's number in the call. */
  readonly results: readonly RecordResult[]
}

/** undefined when the run was ended before its records were settled: going on with it will tell. */
export function answerIn(report: RunReport, { runId, firstRow, records }: CallInRun): CallAnswer | undefined {
  const { outcome, results } = report
  if (results === undefined || (outcome !== 'completed' && outcome !== 'completed_with_rejected')) return undefined
  const own = results.slice(firstRow - 1, firstRow - 1 + records)
  return { runId, results: own.map((result, index) => ({ ...result, row: index + 1 })) }
}
