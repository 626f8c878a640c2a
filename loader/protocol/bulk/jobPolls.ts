// When the state of an ingest job is read next. Each read is one API call, and the time from the end of the job to the next read is lost.

/** What earlier reads of a job have shown. Times are epoch milliseconds. */
export type JobPolls = {
  /** When it was read first. */
  readonly since: number
  /** When it was first read with processed records, and how many. */
  readonly begun?: { readonly at: number; readonly processed: number }
}

export type JobProgress = {
  readonly processed: number
  /** Records of the job. */
  readonly records: number
}

/** Milliseconds: a job of 2,000 records ends within a second. */
const SHORTEST = 300

/** Milliseconds for each record, up to a second. */
const FOR_RECORD = 0.01
const SHORTEST_OF_LARGE = 1_000

/** Share of the time passed so far, while the pace is unknown: the job waits in the queue of Salesforce. */
const SHARE = 0.3

/** Milliseconds; and the share of the time passed so far that is waited for a job that takes hours. */
const LONGEST = 60_000
const LONGEST_OF_HOURS = 300_000
const SHARE_OF_HOURS = 0.05

/** The polls with this one added. */
export function withPoll(polls: JobPolls | undefined, { processed }: JobProgress, now: number): JobPolls {
  // The clock of another worker may be behind.
  const before = polls === undefined || polls.since > now ? { since: now } : polls
  return before.begun !== undefined || processed === 0 ? before : { ...before, begun: { at: now, processed } }
}

/**
 * Milliseconds until the job is read again: when it ends at its present pace, but no longer than the time passed so far.
 * @param polls with this one
 */
export function nextPoll(polls: JobPolls, progress: JobProgress, now: number): number {
  const passed = now - polls.since
  const shortest = Math.max(SHORTEST, Math.min(SHORTEST_OF_LARGE, progress.records * FOR_RECORD))
  const longest = Math.max(LONGEST, Math.min(LONGEST_OF_HOURS, passed * SHARE_OF_HOURS))
  const expected = Math.min(timeLeft(polls, progress, now) ?? passed * SHARE, passed)
  return Math.round(Math.max(shortest, Math.min(longest, expected)))
}

/** undefined while the pace is unknown. */
function timeLeft({ begun }: JobPolls, { processed, records }: JobProgress, now: number): number | undefined {
  if (begun === undefined || processed <= begun.processed || now <= begun.at) return undefined
  return ((records - processed) * (now - begun.at)) / (processed - begun.processed)
}
