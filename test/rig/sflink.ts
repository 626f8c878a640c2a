// Runs the command as a user does, in a separate process.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const command = fileURLToPath(new URL('../../bin/sflink.mjs', import.meta.url))

export type Outcome = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

export type Surroundings = {
  readonly cwd: string
  readonly environment?: Readonly<Record<string, string>>
  /** Sends this signal when standard error first holds the text. */
  readonly interruptAt?: { readonly text: string; readonly signal: NodeJS.Signals }
}

export function sflink(args: readonly string[], { cwd, environment, interruptAt }: Surroundings): Promise<Outcome> {
  const { PATH = '', HOME = '' } = process.env
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...args], { cwd, env: { PATH, HOME, ...environment } })
    let stdout = ''
    let stderr = ''
    let interrupted = false
    child.stdout.on('data', data => {
      stdout += data
    })
    child.stderr.on('data', data => {
      stderr += data
      if (interruptAt === undefined || interrupted || !stderr.includes(interruptAt.text)) return
      interrupted = true
      child.kill(interruptAt.signal)
    })
    child.on('error', reject)
    child.on('close', code => resolve({ code, stdout, stderr }))
  })
}
