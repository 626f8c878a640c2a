// Every timeout, retry policy and polling interval of the workflows. An operator reads here how long a step may take, and what
// happens when it fails. Errors that a retry cannot fix are never retried, whatever the policy (see activities/failures.ts).
import { ActivityCancellationType, type ActivityOptions, proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import { asSummary } from './page/text.ts'

/** How long a step may be silent before another worker takes it over. Steps send a heartbeat every five seconds. */
const HEARTBEAT_TIMEOUT = '30 seconds'

/**
 * A step in progress ends before a cancelled run does: results written earlier could report a record as not sent that is sent
 * afterwards. SDK 1.24 documents this type as the default, but its default is TRY_CANCEL.
 */
const FINISH_FIRST = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED

/** A connection is inspected. A person waits for the answer: a few attempts, then the reason. */
export const INSPECT = {
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumAttempts: 3 },
} as const satisfies ActivityOptions

/** `sflink doctor` checks a worker or a sync. The first reason is better than a late one. */
export const CHECK = {
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '1 second', maximumAttempts: 2 },
} as const satisfies ActivityOptions

/** Input, login and mapping of a run are checked. Nothing was sent: an early failure is better than a load that hangs on a wrong host. */
export const PREPARE = {
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds', maximumAttempts: 5 },
} as const satisfies ActivityOptions

/** The source is awaited. The step fails as long as the source may still arrive, and ends that itself: no limit of attempts. */
export const AWAIT_SOURCE = {
  startToCloseTimeout: '5 minutes',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
} as const satisfies ActivityOptions

/** The source is staged, results are aggregated: work on files of any size. */
export const FILES = {
  startToCloseTimeout: '24 hours',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  cancellationType: FINISH_FIRST,
  retry: { initialInterval: '2 seconds', maximumInterval: '1 minute', maximumAttempts: 20 },
} as const satisfies ActivityOptions

/** Once records were sent, the run waits for the org without a limit of attempts; an operator can cancel it. */
const RETRY_UNTIL_DONE = { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '5 minutes' } as const

/** Records are transferred: upload, results, collection requests, key lookup. */
export const TRANSFER = {
  startToCloseTimeout: '3 hours',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  cancellationType: FINISH_FIRST,
  retry: RETRY_UNTIL_DONE,
} as const satisfies ActivityOptions

/** A job is controlled: commit, await, abort. */
export const CONTROL = { ...TRANSFER, startToCloseTimeout: '30 minutes' } as const satisfies ActivityOptions

/** Calls of services are admitted. The caller waits for an answer and can call again. */
export const ADMIT_CALLS = {
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '10 seconds', maximumAttempts: 10 },
} as const satisfies ActivityOptions

/** The end of a run is stored. The failure itself is reported in any case, so it does not wait long for a missing run store. */
export const RECORD_END = {
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumAttempts: 3 },
} as const satisfies ActivityOptions

/** Notifications are sent. The run has ended; its caller does not wait long for a receiver that is down. */
export const NOTIFY = {
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 3, maximumAttempts: 3 },
} as const satisfies ActivityOptions

/** Search attributes are listed. A run can be reported without them, so it does not wait long. */
export const LIST_ATTRIBUTES = {
  scheduleToCloseTimeout: '1 minute',
  startToCloseTimeout: '20 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumAttempts: 3 },
} as const satisfies ActivityOptions

/** Old runs are removed. */
export const PRUNE = {
  startToCloseTimeout: '12 hours',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '1 minute', maximumAttempts: 10 },
} as const satisfies ActivityOptions

/**
 * Milliseconds between two attempts to start the run of some calls while the workflow that another receiver started for it still
 * runs; doubled each time, because each attempt adds the records to the history.
 */
export const RUN_POLL = { first: 1_000, longest: 300_000 } as const

/** Milliseconds between two attempts of a step that no worker with the right encryption key could read; doubled each time. */
export const KEY_POLL = { first: 10_000, longest: 600_000 } as const

/** Calls that a receiver still accepts when a new history is due; usually a quiet moment for the change comes earlier. */
export const LAST_CALLS = 20

/** Bytes of history; Temporal ends a workflow at 50 MiB, and a call may add three times its own size. */
export const MAX_RECEIVER_HISTORY = 16 * 1024 * 1024

/** The activities under a policy, with the summary that the Temporal UI shows beside the step. */
export function stepsUnder(policy: ActivityOptions, summary: string) {
  return proxyActivities<Activities>({ ...policy, summary: asSummary(summary) })
}
