import {
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
  WorkflowFailedError,
  WorkflowUpdateFailedError,
} from '@temporalio/client'
import { ERROR_KINDS, type ErrorKind } from './contract/linkError.ts'
import { InputRejectedError, RunFailedError } from './errors.ts'

/** What a failure in Temporal means: the `kind` in its details, or in those of the failure that caused it, else `fatal`. */
function kindOf(failure: unknown): ErrorKind {
  for (let error = failure; error instanceof Error; error = error.cause) {
    if (!(error instanceof ApplicationFailure)) continue
    const [detail] = (error.details ?? []) as readonly ({ readonly kind?: unknown } | null | undefined)[]
    const kind = ERROR_KINDS.find(known => known === detail?.kind)
    if (kind !== undefined) return kind
  }
  return 'fatal'
}

export type FailedWorkflow = {
  readonly workflowId: string
  /** Begins the message of a failure that has no message. @default the workflow id */
  readonly subject?: string
  /** Ends that message. @default how to resume */
  readonly remedy?: string
}

/** The failure of a workflow or an update as an error of this package; any other error passes unchanged. */
export function failureOf(
  error: unknown,
  { workflowId, subject = workflowId, remedy = '. Make the request again to resume' }: FailedWorkflow,
): unknown {
  if (!(error instanceof WorkflowFailedError) && !(error instanceof WorkflowUpdateFailedError)) return error
  const { cause } = error
  const kind = kindOf(cause)
  if (cause instanceof ApplicationFailure) {
    const { message } = cause
    const type = cause.type ?? 'Error'
    if (kind === 'usage') return new InputRejectedError(type, message, error)
    return new RunFailedError({ workflowId, type, kind }, message, error)
  }
  const [type, end] = endOf(cause)
  return new RunFailedError({ workflowId, type, kind }, `${subject} ${end}${remedy}`, error)
}

function endOf(cause: unknown): readonly [type: string, words: string] {
  if (cause instanceof CancelledFailure) return ['cancelled', 'was cancelled']
  if (cause instanceof TerminatedFailure) return ['terminated', 'was terminated in Temporal']
  if (cause instanceof TimeoutFailure) return ['timed_out', 'timed out']
  return ['Error', `failed: ${cause instanceof Error ? cause.message : 'Temporal gave no reason'}`]
}
