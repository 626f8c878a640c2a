import type { RunOutcome, Tally } from '../../packages/client/contract/runReport.ts'

export const EMPTY_TALLY: Tally = { created: 0, updated: 0, failed: 0, inDoubt: 0 }

export function addTallies(one: Tally, other: Tally): Tally {
  return {
    created: one.created + other.created,
    updated: one.updated + other.updated,
    failed: one.failed + other.failed,
    inDoubt: one.inDoubt + other.inDoubt,
  }
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
