// What a failed workflow says to the user.
import {
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
  WorkflowFailedError,
} from '@temporalio/client'
import { CommandError } from './commandError.ts'
import { EXIT } from './exitCodes.ts'

/** Failures that mending the configuration or the command mends. */
const USAGE_TYPES: ReadonlySet<string> = new Set(['ConfigurationError', 'SpecError'])

/** The failure as a CommandError; what is no workflow failure passes unchanged. `subject` begins the line when the failure has no words of its own. */
export function readableFailure(error: unknown, subject: string): unknown {
  if (!(error instanceof WorkflowFailedError)) return error
  const { cause } = error
  if (cause instanceof ApplicationFailure) {
    return new CommandError(cause.message, USAGE_TYPES.has(cause.type ?? '') ? EXIT.usage : EXIT.runFailed)
  }
  return new CommandError(`${subject} ${endOf(cause)}`, EXIT.runFailed)
}

function endOf(cause: unknown): string {
  if (cause instanceof CancelledFailure) return 'was cancelled'
  if (cause instanceof TerminatedFailure) return 'was terminated in Temporal'
  if (cause instanceof TimeoutFailure) return 'ran out of time'
  return `failed: ${cause instanceof Error ? cause.message : 'Temporal gave no reason'}`
}
