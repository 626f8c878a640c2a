// What a failure in Temporal means for the caller.
import {
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
  WorkflowFailedError,
  WorkflowUpdateFailedError,
} from '@temporalio/client'
import { InputRejectedError, RunFailedError } from './errors.ts'

/** Failures that only another request or another configuration mends. */
const REJECTED_TYPES: ReadonlySet<string> = new Set([
  'InputRejectedError',
  'RunRejectedError',
  'CallIdTakenError',
  'CallRemovedError',
  'ConfigurationError',
])

/** The failure of a workflow or an update as an error of this package; anything else passes unchanged. */
export function failureOf(error: unknown, workflowId: string): unknown {
  if (!(error instanceof WorkflowFailedError) && !(error instanceof WorkflowUpdateFailedError)) return error
  const { cause } = error
  if (cause instanceof ApplicationFailure) {
    const { type, message } = cause
    if (REJECTED_TYPES.has(type ?? '')) return new InputRejectedError(type ?? '', message, error)
    return new RunFailedError(workflowId, type ?? 'Error', message, error)
  }
  const [type, words] = endOf(cause)
  return new RunFailedError(workflowId, type, `${workflowId} ${words}. Ask again to go on`, error)
}

function endOf(cause: unknown): readonly [type: string, words: string] {
  if (cause instanceof CancelledFailure) return ['cancelled', 'was cancelled']
  if (cause instanceof TerminatedFailure) return ['terminated', 'was terminated in Temporal']
  if (cause instanceof TimeoutFailure) return ['timed_out', 'ran out of time']
  return ['Error', `failed: ${cause instanceof Error ? cause.message : 'Temporal gave no reason'}`]
}
