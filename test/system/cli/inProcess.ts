// Runs the command in this process: what many calls in one test would cost as processes is saved. One at a time.
import { vi } from 'vitest'
import { lineOfError } from '../../../cli/commandError.ts'
import { createProgram } from '../../../cli/program.ts'
import type { Outcome } from './sflink.ts'

export async function inProcess(args: readonly string[]): Promise<Outcome> {
  const written = { stdout: '', stderr: '' }
  const log = vi.spyOn(console, 'log').mockImplementation(line => {
    written.stdout += `${line}\n`
  })
  const error = vi.spyOn(console, 'error').mockImplementation(line => {
    written.stderr += `${line}\n`
  })
  try {
    await createProgram().parseAsync(args, { from: 'user' })
    return { code: Number(process.exitCode ?? 0), ...written }
  } catch (thrown) {
    const { line, exitCode } = lineOfError(thrown)
    return { code: exitCode, stdout: written.stdout, stderr: `${written.stderr}${line}\n` }
  } finally {
    process.exitCode = 0
    log.mockRestore()
    error.mockRestore()
  }
}
