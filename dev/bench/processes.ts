import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export type StartedProcess = {
  readonly pid: number
  /** Ends it and waits for its end. */
  stop(): Promise<void>
}

const start = (args: readonly string[], environment: Readonly<Record<string, string>>): ChildProcess =>
  spawn(process.execPath, [...args], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })

/** Starts a program of this repository and waits for the first line it prints. */
export async function startProcess(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<StartedProcess & { readonly firstLine: string }> {
  const child = start(args, environment)
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${args.join(' ')} ended with code ${code} before it was ready`)
  })
  const [firstLine] = (await Promise.race([once(lines, 'line'), ended])) as [string]
  ended.catch(() => undefined)
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  return { pid: child.pid ?? 0, firstLine, stop }
}

/** Runs a program of this repository to its end and parses the one line of JSON it prints. Throws when it fails. */
export async function runForJson<T>(args: readonly string[]): Promise<T> {
  const child = start(args, {})
  let output = ''
  child.stdout?.on('data', (data: Buffer) => {
    output += data.toString()
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${args.join(' ')} ended with code ${code}`)
  return JSON.parse(output) as T
}
