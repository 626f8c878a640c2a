export type MatchLimits = {
  /** From this many keys on, a query job over the whole object is considered: 20,000 are about 60 to 100 `IN` queries, against about 10 calls of a job. */
  readonly jobKeys: number
  /** A job reads the whole object, so it pays off only if the object has at most this many records for each key. */
  readonly jobRatio: number
  /** With more records for each key than this, those that no key can mean are not kept. */
  readonly keptRatio: number
  /** Keys that are searched for by lists at a time. */
  readonly listKeys: number
  /** Records that lists may find: a page of the REST API has 2,000. @default any number */
  readonly mostFound?: number
  /** Milliseconds until a job is polled for the first time; short, for small objects. */
  readonly firstPoll: number
  /** Records whose keys are in memory at a time, in about 18 MB. The records found are read once for each so many of them. */
  readonly joinedRecords: number
  /** The same for records that are compared with what the org holds, in about 35 MB with their values. */
  readonly comparedRecords: number
}

export const MATCH_LIMITS: MatchLimits = {
  jobKeys: 20_000,
  jobRatio: 10,
  keptRatio: 2,
  listKeys: 100_000,
  firstPoll: 500,
  joinedRecords: 400_000,
  comparedRecords: 400_000,
}
