import { LinkError } from './contract/linkError.ts'
// One class for each thing that a caller can do about it.
import { missingLine } from './missingLine.ts'
import type { MissingWorkers } from './missingWorkers.ts'

/** Thrown when the request can't be done as it was asked for; nothing of it was sent. Mend it: asking again gives the same answer. */
export class InputRejectedError extends LinkError {
  override readonly name = 'InputRejectedError' as const
  readonly kind = 'usage' as const
  /** Of the failure in Temporal, such as `RunRejectedError` or `CallIdTakenError`. */
  readonly type: string

  constructor(type: string, message: string, cause?: unknown) {
    super(message, { cause })
    this.type = type
  }
}

/** Thrown when the workflow id of a load belongs to one with another input. Nothing was started. */
export class RunDiffersError extends LinkError {
  override readonly name = 'RunDiffersError' as const
  readonly kind = 'usage' as const
  readonly workflowId: string

  constructor(workflowId: string) {
    super(
      `${workflowId} was started before with another input; this one was not started. Give it a label of its own, or the same input as before`,
    )
    this.workflowId = workflowId
  }
}

/**
 * Thrown when a load, or what was asked of a connection, could not go on. The same request again goes on where this one
 * stopped; what was sent is not sent again.
 */
export class RunFailedError extends Error {
  override readonly name = 'RunFailedError' as const
  readonly workflowId: string
  /**
   * What happened: `cancelled`, `terminated`, `timed_out`, or the type of the failure, such as `LoginRejectedError` and
   * `UnreachableError`.
   */
  readonly type: string

  constructor(workflowId: string, type: string, message: string, cause?: unknown) {
    super(message, { cause })
    this.workflowId = workflowId
    this.type = type
  }
}

/** Thrown when nobody works on what was started. It stays started: a worker that comes takes it up. */
export class NoWorkerError extends LinkError {
  override readonly name = 'NoWorkerError' as const
  readonly kind = 'fatal' as const
  readonly taskQueue: string

  constructor(taskQueue: string, namespace: string, workflowId: string, missing: MissingWorkers) {
    super(missingLine(missing, `${taskQueue} (namespace ${namespace})`, `, so ${workflowId} waits`))
    this.taskQueue = taskQueue
  }
}

/** Thrown when Temporal can't be reached, or does not let this client in. */
export class TemporalUnreachableError extends LinkError {
  override readonly name = 'TemporalUnreachableError' as const
  readonly kind = 'fatal' as const
  readonly address: string

  constructor(address: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    super(`Temporal cannot be reached at ${address}: ${reason}. Check that it runs, and TEMPORAL_ADDRESS`, { cause })
    this.address = address
  }
}
