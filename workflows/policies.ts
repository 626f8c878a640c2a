// Every timeout, retry policy, pause and limit of the workflows. An operator reads here how long a step may take and when it
// gives up. Temporal's default is to retry forever; most steps here give up, and each policy says why it does or does not.
//
// | policy          | one attempt | attempts       | longest interval | when the run is cancelled | steps
// | --------------- | ----------- | -------------- | ---------------- | ------------------------- | ---
// | PREPARE         | 30 minutes  | 5              | 30 seconds       | stops waiting             | prepareRun, planSync, continueRun, prepareFlow
// | AWAIT_SOURCE    | 5 minutes   | no limit       | 1 minute         | stops waiting             | awaitSource
// | FILES           | 24 hours    | 20             | 1 minute         | the step ends first       | scanSource, stageSource, aggregateResults, aggregatePlan, reportSkipped, reportSkippedPlan
// | MATCH           | 24 hours    | no limit       | 30 seconds       | the step ends first       | findParents, matchRecords
// | TRANSFER        | 3 hours     | no limit       | 30 seconds       | the step ends first       | uploadChunk, settleChunk, sendChunk, fillParents
// | JOB_CONTROL     | 30 minutes  | no limit       | 30 seconds       | the step ends first       | commitChunk, awaitJob, abortJob
// | RECORD_END      | 30 seconds  | 3              |                  | runs                      | recordEnd
// | NOTIFY          | 1 minute    | 3              |                  | runs                      | notifyEnd, notifyDeletions
// | LIST_ATTRIBUTES | 20 seconds  | 3, in 1 minute |                  | runs                      | listSearchAttributes
// | ADMIT_CALLS     | 2 minutes   | 10             | 10 seconds       | runs                      | admitCalls, recallRun
// | PRUNE           | 12 hours    | 10             | 1 minute         | stops waiting             | pruneRuns
// | INSPECT         | 2 minutes   | 3, in 8 min.   |                  | stops waiting             | testConnection, fetchVersions, listObjects, describeObject
// | LEASE           | 30 minutes  | no limit       | 30 seconds       | stops waiting             | takeLease
// | LIST_RUNNING    | 1 minute    | no limit       | 1 minute         | runs                      | endedWorkflows
// | CHECK           | 1 minute    | 2, in 4 min.   |                  | stops waiting             | checkSync, checkWorker
//
// How long one HTTP request inside a step may take is in loader/salesforce/settings.ts.
// Steps with a heartbeat (PREPARE, FILES, MATCH, TRANSFER, JOB_CONTROL, LEASE, PRUNE, INSPECT, CHECK) move to another worker after 30 seconds without one.
//
// @see https://docs.temporal.io/encyclopedia/retry-policies
import { ActivityCancellationType, type ActivityOptions } from '@temporalio/workflow'

/** Another worker takes a step over after this time without a heartbeat. Steps send one every five seconds. */
const HEARTBEAT_TIMEOUT = '30 seconds'

// A running step ends before a cancelled run writes its results. Otherwise the results could report a record as not sent, and the
// step sends it afterwards. SDK 1.24 documents this type as the default but does not apply it.
const ENDS_FIRST = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED

/** Nothing has been sent yet: an early, clear failure is better than a load that hangs on a wrong host. */
export const PREPARE = {
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds', maximumAttempts: 5 },
} as const satisfies ActivityOptions

/** Retries without a limit: each attempt fails while the source may still arrive, and the activity itself ends the wait. */
export const AWAIT_SOURCE = {
  startToCloseTimeout: '5 minutes',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
} as const satisfies ActivityOptions

/** Reads or writes the files of a whole run. 20 attempts cover a restart of the storage, not a disk that stays full. */
export const FILES = {
  startToCloseTimeout: '24 hours',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  cancellationType: ENDS_FIRST,
  retry: { initialInterval: '2 seconds', maximumInterval: '1 minute', maximumAttempts: 20 },
} as const satisfies ActivityOptions

/**
 * Retries without a limit: once records are sent, the run waits for the org as long as necessary. An operator can cancel it.
 * The interval stays short, because Temporal counts every heartbeat that a stopped worker missed as an attempt: after a few of them, a
 * healthy worker would wait for minutes. What takes longer (a limit of the org, a job) states its own time.
 */
export const TRANSFER = {
  startToCloseTimeout: '3 hours',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  cancellationType: ENDS_FIRST,
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds' },
} as const satisfies ActivityOptions

/**
 * Reads the org for a whole run. Retries without a limit, for the same reason as TRANSFER: a run at night waits for its org. An attempt
 * continues where the one before has stopped.
 */
export const MATCH = { ...TRANSFER, startToCloseTimeout: '24 hours' } as const satisfies ActivityOptions

/** Changes or polls the state of an ingest job. Retries without a limit, for the same reason as TRANSFER. */
export const JOB_CONTROL = { ...TRANSFER, startToCloseTimeout: '30 minutes' } as const satisfies ActivityOptions

/** Asks the budget of the org before a chunk begins. Retries without a limit, for the same reason as TRANSFER; nothing has begun that must end first. */
export const LEASE = {
  ...JOB_CONTROL,
  cancellationType: ActivityCancellationType.TRY_CANCEL,
} as const satisfies ActivityOptions

/** Retries without a limit: leases of runs that have ended would stay otherwise. */
export const LIST_RUNNING = {
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
} as const satisfies ActivityOptions

/** Milliseconds after which the budget of an org looks for runs that have ended: while others wait for their leases, and otherwise. */
export const BUDGET = { checkWhenWaited: 60_000, checkWhenIdle: 600_000 } as const

/** Gives up early: the workflow reports its failure in any case, and does not wait long for an unreachable run store. */
export const RECORD_END = {
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumAttempts: 3 },
} as const satisfies ActivityOptions

/** Gives up early: the run has ended, and its caller does not wait long for a notification receiver that is down. */
export const NOTIFY = {
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 3, maximumAttempts: 3 },
} as const satisfies ActivityOptions

/** Gives up early: the end of a run is reported without search attributes too. */
export const LIST_ATTRIBUTES = {
  scheduleToCloseTimeout: '1 minute',
  startToCloseTimeout: '20 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumAttempts: 3 },
} as const satisfies ActivityOptions

/** Gives up: the caller waits for an answer, and can repeat the call. */
export const ADMIT_CALLS = {
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '10 seconds', maximumAttempts: 10 },
} as const satisfies ActivityOptions

/** Gives up: the next day's pruning removes the rest. */
export const PRUNE = {
  startToCloseTimeout: '12 hours',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '1 minute', maximumAttempts: 10 },
} as const satisfies ActivityOptions

/** Gives up early: a person waits for the answer, and a reason helps more than another attempt. A limit of the org is reported, not waited for. */
export const INSPECT = {
  scheduleToCloseTimeout: '8 minutes',
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumAttempts: 3 },
} as const satisfies ActivityOptions

/** Gives up earlier still: the first reason is better than a late one. */
export const CHECK = {
  scheduleToCloseTimeout: '4 minutes',
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { initialInterval: '1 second', maximumAttempts: 2 },
} as const satisfies ActivityOptions

/** Pauses that double up to the longest, in milliseconds. */
type Backoff = { readonly first: number; readonly longest: number }

/** Before a step is scheduled again whose attempts all failed because the worker lacks the encryption key. */
export const KEY_BACKOFF: Backoff = { first: 10_000, longest: 600_000 }

/** Before a step is scheduled again that found the slots of a worker taken; a step without a limit of attempts is retried by Temporal. */
export const SLOT_BACKOFF: Backoff = { first: 1_000, longest: 60_000 }

/** Before records are sent again that Salesforce rejected for a transient reason: the delay of the sync doubles up to a day. */
export const LONGEST_RESEND_PAUSE = 86_400_000

/** A chunk that waited longer for its commit (a paused run, a budget) is uploaded again: Salesforce deletes a job after seven days. */
export const LONGEST_OPEN = 6 * 86_400_000

/** Before the receiver starts a run again that another receiver has started. Each attempt writes the records to the history. */
export const STARTED_RUN_BACKOFF: Backoff = { first: 1_000, longest: 300_000 }

export function nextPause(pause: number, { longest }: Backoff): number {
  return Math.min(longest, pause * 2)
}

export const RECEIVER = {
  /** Milliseconds that calls are gathered for, by default. Calls that arrive during a run are gathered in any case. */
  gatherFor: 0,
  /** Milliseconds without a call after which the receiver ends, by default. */
  idleFor: 600_000,
  /** Calls accepted after Temporal suggests a new history. In most cases a quiet moment for continue-as-new comes earlier. */
  lastCalls: 20,
  /** Bytes. Temporal terminates a workflow at a history of 50 MiB, and a call may add three times its own size. */
  largestHistory: 16 * 1024 * 1024,
} as const
