// Runs the command in this process, which saves starting a process for each call. One call at a time.
import { CommanderError } from 'commander'
import { vi } from 'vitest'
import { lineOfError } from '../../cli/commandError.ts'
import { createProgram } from '../../cli/program.ts'
import type { Outcome, Surroundings } from './sflink.ts'

/** @param surroundings variables are added to those of this process */
export async function inProcess(
  args: readonly string[],
  { cwd = process.cwd(), environment = {} }: Partial<Omit<Surroundings, 'interruptAt'>> = {},
): Promise<Outcome> {
  const written = { stdout: '', stderr: '' }
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(line => {
      written.stdout += `${line}\n`
    }),
    vi.spyOn(console, 'error').mockImplementation(line => {
      written.stderr += `${line}\n`
    }),
    // Commander writes help and usage errors.
    vi.spyOn(process.stdout, 'write').mockImplementation(text => {
      written.stdout += text
      return true
    }),
    vi.spyOn(process.stderr, 'write').mockImplementation(text => {
      written.stderr += text
      return true
    }),
  ]
  const before = process.cwd()
  process.chdir(cwd)
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  try {
    await createProgram().parseAsync(args, { from: 'user' })
    return { code: Number(process.exitCode ?? 0), ...written }
  } catch (thrown) {
    if (thrown instanceof CommanderError) return { code: thrown.exitCode === 0 ? 0 : 2, ...written }
    const { line, exitCode } = lineOfError(thrown)
    return { code: exitCode, stdout: written.stdout, stderr: `${written.stderr}${line}\n` }
  } finally {
    process.exitCode = 0
    process.chdir(before)
    vi.unstubAllEnvs()
    for (const spy of spies) spy.mockRestore()
  }
}
