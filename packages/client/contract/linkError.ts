/** What an error means for its caller; an error carries its own kind, so no table of names decides. */
export const ERROR_KINDS = ['usage', 'rejected', 'transient', 'limit', 'waiting', 'fatal'] as const

/**
 * - `usage`: the input, the sync spec or the configuration is wrong. Not retried; a command exits with 2.
 * - `rejected`: Salesforce rejected a login or a request. Not retried.
 * - `transient`: the same step may succeed soon. Temporal retries it.
 * - `limit`: a limit of the org is reached. Retried every ten minutes, since limits pass within their rolling 24 hours.
 * - `waiting`: not an error: what the step waits for (a job, a source) is not there yet. Retried after `retryAfter`.
 * - `fatal`: the load cannot continue, and a retry gives the same answer.
 */
export type ErrorKind = (typeof ERROR_KINDS)[number]

/** Base class of every error of ours. Its name is the `type` of the Temporal failure that it becomes. */
export abstract class LinkError extends Error {
  abstract readonly kind: ErrorKind
  /** Milliseconds until the step is retried; the retry policy of the step decides when absent. */
  readonly retryAfter?: number
}
