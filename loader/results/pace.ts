/** Records settled by a point in time; milliseconds since the epoch. */
export type PaceMark = { readonly at: number; readonly settled: number }

export type Pace = {
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
