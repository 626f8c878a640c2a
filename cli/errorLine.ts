// How an error looks to the user, and the exit code it gives.
import { CommandError } from './commandError.ts'
import { EXIT, type ExitCode } from './exitCodes.ts'

/** Errors of the configuration and its parts, by name: their classes need not be loaded to recognise them. */
const USAGE_ERRORS: ReadonlySet<string> = new Set([
  'ConfigurationError',
  'EnvironmentError',
  'RunStoreUriError',
  'RunIdError',
  'SourceFileError',
])

export type ErrorLine = { readonly line: string; readonly exitCode: ExitCode }

export function lineOfError(error: unknown): ErrorLine {
  if (!(error instanceof Error)) return { line: String(error), exitCode: EXIT.runFailed }
  if (error instanceof CommandError) return { line: error.message, exitCode: error.exitCode }
  return { line: withCause(error), exitCode: USAGE_ERRORS.has(error.name) ? EXIT.usage : EXIT.runFailed }
}

/** Temporal's service errors keep what the server said in their cause. */
function withCause(error: Error): string {
  if (error.name !== 'ServiceError' || !(error.cause instanceof Error)) return error.message
  return `${error.message}: ${error.cause.message}`
}
