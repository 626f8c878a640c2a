// When a run may be removed.
import type { RunSummary } from './runSummary.ts'

/** Milliseconds after a run's end. */
export type Retention = {
  /** @default forever */
  readonly completed?: number
  /** Runs that failed, were cancelled or have records in doubt: someone may still resume them. @default forever */
  readonly unfinished?: number
}

/**
 * Whether a run's time has passed.
 * @param isMarked whether its removal has started: such a run can't be resumed any more
 */
export function isOverdue(run: RunSummary, retention: Retention, now: number, isMarked: boolean): boolean {
  if (run.state === 'foreign' || run.state === 'damaged') return isMarked
  const last = Date.parse(`${run.finishedAt ?? run.startedAt}Z`)
  const { completed, unfinished } = retention
  const kept = isThrough(run) ? completed : unfinished
  if (isMarked) return last + (completed ?? unfinished ?? 0) <= now
  return kept !== undefined && last + kept <= now
}

function isThrough({ state, tally }: RunSummary): boolean {
  const isThroughState = state === 'completed' || state === 'completed_with_rejected' || state === 'skipped'
  return isThroughState && tally?.inDoubt === 0
}
