// The schedule of a sync. scheduleSchema.ts parses what a person writes into this type.

/** What happens when a run is due while an earlier run is in progress; Temporal's names. */
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
  /** Five fields each, as `parseCron` gives them; a run is due at the times of each. */
  readonly crons: readonly string[]
  /** IANA name. */
  readonly timeZone: string
  /** Largest random delay of a start, in milliseconds. */
  readonly jitter: number
  readonly overlap: OverlapPolicy
  /** Milliseconds that a start may be late, such as after an outage; later starts are skipped. */
  readonly catchupWindow: number
  readonly pauseOnFailure: boolean
  /** Absent: the state on the server remains. */
  readonly paused?: boolean
}

// Every default of a schedule.

export const DEFAULT_OVERLAP: OverlapPolicy = 'skip'
export const DEFAULT_SCHEDULE_TIME_ZONE = 'UTC'
export const DEFAULT_JITTER = 0
/** Runs missed in an outage of a night are started afterwards; Temporal's own default is a year. */
export const DEFAULT_CATCHUP_WINDOW = 24 * 3_600_000
export const DEFAULT_PAUSE_ON_FAILURE = false
