// The command `sflink`.
import { CommanderError } from 'commander'
import { stacksAreWanted } from '../config/environment.ts'
import { EXIT, lineOfError } from './commandError.ts'
import { createProgram } from './program.ts'
import { shieldConsole } from './shieldedConsole.ts'

shieldConsole()

// A reader that has seen enough (`sflink … | head`) is not a failure.
process.stdout.on('error', error => {
  if ('code' in error && error.code === 'EPIPE') process.exit(EXIT.well)
  throw error
})

for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, error => {
    report(error)
    process.exit()
  })
}

try {
  await createProgram().parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.well : EXIT.usage
  else report(error)
}
await Promise.all([process.stdout, process.stderr].map(written))
// Pending calls to Temporal, whose answers are no longer needed, would hold the process for up to half a minute.
process.exit()

function report(error: unknown): void {
  const { line, exitCode } = lineOfError(error, stacksAreWanted())
  console.error(line)
  process.exitCode = exitCode
}

function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise(resolve => stream.write('', () => resolve()))
}
