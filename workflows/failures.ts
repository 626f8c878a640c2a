import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  isCancellation,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow'
import type { z } from 'zod'
import { failureMessage, failureType } from '../packages/client/contract/boundedText.ts'
import { inputProblem } from '../packages/client/contract/issues.ts'
import type { ErrorKind } from '../packages/client/contract/linkError.ts'

/** A failure of ours, with its kind as first detail. It ends a workflow or answers an update, and is never retried. */
export function finalFailure(type: string, message: string, kind: ErrorKind, cause?: Error): ApplicationFailure {
  return ApplicationFailure.create({
    type: failureType(type),
    message: failureMessage(message),
    details: [{ kind }],
    nonRetryable: true,
    ...(cause === undefined ? {} : { cause }),
  })
}

/** A failure as the run store, notifications and the log record it. */
export type Failure = { readonly type: string; readonly message: string }

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { type: 'Error', message: String(error) }
  const type = 'type' in error && typeof error.type === 'string' ? error.type : error.name
  return { type, message: error.message }
}

/**
 * Turns the failure of a step into a cancellation when its run is being cancelled. Temporal does not retry such a step and
 * reports its last failure, even a transient one ("the job has not ended yet"). Every other error passes unchanged.
 */
export function asCancellation(error: unknown): unknown {
  if (!(error instanceof ActivityFailure) || error.retryState !== 'CANCEL_REQUESTED') return error
  return new CancelledFailure('The run was cancelled', [], error)
}

/**
 * Runs a step and rethrows its failure in readable form: the reason becomes the first line, in place of Temporal's
 * "Activity task failed". Cancellations pass.
 * Throws ApplicationFailure with the type and the kind of the step's own failure.
 */
export async function readably<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    throw readableFailure(error)
  }
}

/** The failure to end a workflow with. */
export function readableFailure(failure: unknown): unknown {
  const error = asCancellation(failure)
  if (isCancellation(error) || !(error instanceof ActivityFailure)) return error
  const reason = error.cause
  if (reason instanceof TimeoutFailure) return timedOut(error, reason)
  if (!(reason instanceof ApplicationFailure)) return error
  return ApplicationFailure.create({
    message: reason.message,
    ...(reason.type ? { type: reason.type } : {}),
    ...(reason.details ? { details: reason.details } : {}),
    nonRetryable: true,
    cause: error,
  })
}

/**
 * The failure to end a workflow with whose child has not completed: the child's own, with what has failed before it.
 * @param subject such as `Sync contacts, 2 of 3 of the flow campaign`
 */
export function childFailure(error: unknown, subject: string, runId: string): unknown {
  if (error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError') {
    const message = `${subject}: its run ${runId} is running already. Wait for its end (sflink sync status ${runId} --follow), then resume the flow`
    return finalFailure('RunRunningError', message, 'fatal')
  }
  if (!(error instanceof ChildWorkflowFailure)) return error
  const { cause } = error
  if (cause instanceof ApplicationFailure) {
    return ApplicationFailure.create({
      message: failureMessage(`${subject}: ${cause.message}`),
      ...(cause.type ? { type: cause.type } : {}),
      ...(cause.details ? { details: cause.details } : {}),
      nonRetryable: true,
      cause: error,
    })
  }
  const end = cause instanceof CancelledFailure ? 'was cancelled' : 'was ended in Temporal'
  return finalFailure(
    'RunEndedError',
    `${subject}: its run ${runId} ${end} before every record was sent`,
    'fatal',
    error,
  )
}

/** A worker that stops hands its steps back. A step that times out in its last attempt has a more serious cause. */
function timedOut(error: ActivityFailure, { timeoutType }: TimeoutFailure): ApplicationFailure {
  const message = `The step ${error.activityType} timed out (${timeoutType}): in every attempt its worker ended, did not respond or lost its connection to Temporal. Check the workers' logs, then resume the run`
  return finalFailure('StepTimedOutError', message, 'fatal', error)
}

/**
 * Rejects a start whose input does not match the contract. Any program may start a workflow with any input, and an error of
 * another kind would be retried forever.
 * @param example a valid input, for the message
 */
export function requireInput(schema: z.ZodType, input: unknown, example: object): void {
  const problem = inputProblem(schema, input, `The input of ${workflowInfo().workflowType}`, example)
  if (problem !== undefined) throw finalFailure('InputRejectedError', problem, 'usage')
}
