import { EXIT, type ExitCode } from './exitCodes.ts'

/** Thrown when a command can't do what it was asked for; the message is all that the user sees. */
export class CommandError extends Error {
  override readonly name = 'CommandError' as const
  readonly exitCode: ExitCode

  constructor(message: string, exitCode: ExitCode = EXIT.usage) {
    super(message)
    this.exitCode = exitCode
  }
}
