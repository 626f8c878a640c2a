import { inspect } from 'node:util'
import { LinkError } from '../packages/client/contract/linkError.ts'
import { TemporalUnreachableError } from '../packages/client/errors.ts'

export const EXIT = {
  well: 0,
  runFailed: 1,
  /** Usage or configuration. */
  usage: 2,
  rejectedRecords: 3,
  /** Temporal does not answer: nothing is known of a run, which continues without the command. */
  noTemporal: 4,
  /** A plan would change records of the org. */
  changesPending: 5,
  /** Ctrl-C: the run continues without the command. Shells give this code to an interrupted command. */
  detached: 130,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Thrown when a command can't do what was asked; the user sees the message alone. */
export class CommandError extends LinkError {
  override readonly name = 'CommandError' as const
  readonly kind: 'usage' | 'fatal'
  readonly exitCode: ExitCode

  constructor(message: string, exitCode: ExitCode = EXIT.usage) {
    super(message)
    this.exitCode = exitCode
    this.kind = exitCode === EXIT.usage ? 'usage' : 'fatal'
  }
}

export type ErrorLine = { readonly line: string; readonly exitCode: ExitCode }

/** What the user sees of an error, and the exit code. @param stacks whether the place of an error is shown too */
export function lineOfError(error: unknown, stacks = false): ErrorLine {
  if (!(error instanceof Error)) return { line: String(error), exitCode: EXIT.runFailed }
  const line = stacks ? inspect(error) : lineOf(error)
  if (error instanceof CommandError) return { line, exitCode: error.exitCode }
  if (error instanceof TemporalUnreachableError) return { line, exitCode: EXIT.noTemporal }
  const isUsage = error instanceof LinkError && error.kind === 'usage'
  return { line, exitCode: isUsage ? EXIT.usage : EXIT.runFailed }
}

/** Errors of the language: nothing that a user does should cause one. */
const BUGS: readonly string[] = ['TypeError', 'ReferenceError', 'RangeError', 'SyntaxError', 'AssertionError']

function lineOf(error: Error): string {
  if (!BUGS.includes(error.name)) return withCause(error)
  const [message] = error.message.split('\n')
  return `sflink has a bug: ${error.name}: ${message}. Report it with the output of the same command after: export SFLINK_LOG=debug`
}

/** Temporal's service errors have the server's answer in their cause. */
function withCause(error: Error): string {
  if (error.name !== 'ServiceError' || !(error.cause instanceof Error)) return error.message
  return `${error.message}: ${error.cause.message}`
}
