// The parts of a schedule that commands know without its schema.

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

export const DEFAULT_SCHEDULE_TIME_ZONE = 'UTC'
