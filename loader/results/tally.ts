import {
  RECORD_OUTCOMES,
  type RecordResult,
  type RunOutcome,
  type Tally,
} from '../../packages/client/contract/runReport.ts'

type OutcomeCounts = Record<RecordResult['outcome'], number>

/** Counts to add up, by the outcome of a record. */
export const newCounts = (): OutcomeCounts =>
  Object.fromEntries(RECORD_OUTCOMES.map(outcome => [outcome, 0])) as OutcomeCounts

export function tallyOf({ in_doubt: inDoubt, ...others }: Readonly<OutcomeCounts>): Tally {
  return { ...others, inDoubt }
}

export const EMPTY_TALLY: Tally = tallyOf(newCounts())

export function addTallies(one: Tally, other: Tally): Tally {
  return {
    created: one.created + other.created,
    updated: one.updated + other.updated,
    deleted: one.deleted + other.deleted,
    unchanged: one.unchanged + other.unchanged,
    failed: one.failed + other.failed,
    inDoubt: one.inDoubt + other.inDoubt,
  }
}

/** Records that the org has, or no longer has, as the source wants it. */
export function loadedRecords({ created, updated, deleted, unchanged }: Tally): number {
  return created + updated + deleted + unchanged
}

export function completedOutcome(tally: Tally): RunOutcome {
  return tally.failed + tally.inDoubt === 0 ? 'completed' : 'completed_with_rejected'
}

/** Records settled by a point in time; milliseconds since the epoch. */
export type PaceMark = { readonly at: number; readonly settled: number }

type Pace = {
  readonly perSecond: number
  /** When the last record is settled at this pace; milliseconds since the epoch. */
  readonly until: number
}

/** undefined while too few records are settled. */
export function paceOf(begin: PaceMark, now: PaceMark, left: number): Pace | undefined {
  const settled = now.settled - begin.settled
  const milliseconds = now.at - begin.at
  if (settled <= 0 || milliseconds < 1_000) return undefined
  return { perSecond: (settled * 1_000) / milliseconds, until: now.at + (left * milliseconds) / settled }
}
