// One class for each thing that a caller can do about it.
import { type ErrorKind, LinkError } from './contract/linkError.ts'
import type { MissingWorkers } from './missingWorkers.ts'

/**
 * The errors of this package. Printed, one shows its message and where it was thrown: its cause, Temporal's own failure with the stacks
 * of the worker, is for programs to read.
 */
abstract class ClientError extends LinkError {
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.stack ?? this.message
  }
}

/** Thrown when the request is invalid; nothing of it was sent. The same request gets the same answer: correct it. */
export class InputRejectedError extends ClientError {
  override readonly name = 'InputRejectedError' as const
  readonly kind = 'usage' as const
  /** Type of the failure in Temporal, such as `RunRejectedError` or `CallIdTakenError`. */
  readonly type: string

  constructor(type: string, message: string, cause?: unknown) {
    super(message, { cause })
    this.type = type
  }
}

/** Thrown when the workflow id of a load belongs to a load or a plan with another input. Nothing was started. */
export class RunDiffersError extends ClientError {
  override readonly name = 'RunDiffersError' as const
  readonly kind = 'usage' as const
  readonly workflowId: string

  constructor(workflowId: string) {
    super(
      `${workflowId} was started before with another input; this one was not started. Give it another label, or the same input as before`,
    )
    this.workflowId = workflowId
  }
}

export type RunFailure = {
  readonly workflowId: string
  /** `cancelled`, `terminated`, `timed_out`, or the type of the failure, such as `LoginRejectedError` and `UnreachableError`. */
  readonly type: string
  readonly kind: ErrorKind
}

/**
 * Thrown when a load, or a question about a connection, could not continue. The same request again resumes where this one
 * stopped; what was sent is not sent again.
 */
export class RunFailedError extends ClientError implements RunFailure {
  override readonly name = 'RunFailedError' as const
  readonly kind: ErrorKind
  readonly workflowId: string
  readonly type: string

  constructor({ workflowId, type, kind }: RunFailure, message: string, cause?: unknown) {
    super(message, { cause })
    this.workflowId = workflowId
    this.type = type
    this.kind = kind
  }
}

/** Thrown when no worker polls for what was started. It stays started: a worker that starts later takes it. */
export class NoWorkerError extends ClientError {
  override readonly name = 'NoWorkerError' as const
  readonly kind = 'fatal' as const
  readonly taskQueue: string
  readonly missing: MissingWorkers

  constructor(taskQueue: string, missing: MissingWorkers, message: string) {
    super(message)
    this.taskQueue = taskQueue
    this.missing = missing
  }
}

/** Thrown when Temporal can't be reached, or rejects this client. */
export class TemporalUnreachableError extends ClientError {
  override readonly name = 'TemporalUnreachableError' as const
  readonly kind = 'fatal' as const
  readonly address: string

  constructor(address: string, message: string, cause: unknown) {
    super(message, { cause })
    this.address = address
  }
}

/** Thrown when TEMPORAL_* and the profile of the `temporal` command can't be used. */
export class TemporalSettingsError extends ClientError {
  override readonly name = 'TemporalSettingsError' as const
  readonly kind = 'usage' as const

  constructor(reason: string) {
    super(`The settings for Temporal cannot be read: ${reason}`)
  }
}
