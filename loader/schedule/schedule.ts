// When a sync runs by itself. What a person writes is checked and completed into this by scheduleSchema.ts.

/** What becomes of a time that comes while an earlier run is still at work; Temporal's names. */
export const OVERLAP_POLICIES = [
  'skip',
  'buffer_one',
  'buffer_all',
  'cancel_other',
  'terminate_other',
  'allow_all',
] as const
export type OverlapPolicy = (typeof OVERLAP_POLICIES)[number]

export type Schedule = {
  /** Five fields each, as `parseCron` gives them; the times are all of theirs together. */
  readonly crons: readonly string[]
  /** IANA name. */
  readonly timeZone: string
  /** Milliseconds by which a start is put off at most, at random. */
  readonly jitter: number
  readonly overlap: OverlapPolicy
  /** Milliseconds that a start may be late, such as after an outage; what is later is left out. */
  readonly catchupWindow: number
  readonly pauseOnFailure: boolean
  /** Absent: as it is on the server. */
  readonly paused?: boolean
}

// Every default of a schedule, in this one place.

export const DEFAULT_OVERLAP: OverlapPolicy = 'skip'
export const DEFAULT_SCHEDULE_TIME_ZONE = 'UTC'
export const DEFAULT_JITTER = 0
/** An outage over the night is caught up; Temporal's own default is a year. */
export const DEFAULT_CATCHUP_WINDOW = 24 * 3_600_000
export const DEFAULT_PAUSE_ON_FAILURE = false
