// A server as a process that ends with this one, however this one ends.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export type GuardedProcess = {
  /** The guardian; it ends with the code of the server, or with 1. */
  readonly process: ChildProcess
  /** Last line that the server wrote to its standard error. */
  lastError(): string
  /** Resolves when the server is gone. */
  end(): Promise<void>
}

export function spawnGuarded(
  executable: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): GuardedProcess {
  const script = fileURLToPath(new URL('./guardian.mjs', import.meta.url))
  const child = spawn(process.execPath, [script, executable, ...args], {
    env: environment,
    // A group of its own: Ctrl-C ends the server after those who use it, not with them.
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', data => {
    errors = (errors + data).slice(-2_000)
  })
  // Neither the process nor its pipes keep this process alive.
  child.unref()
  for (const pipe of [child.stdin, child.stderr]) if ('unref' in pipe) (pipe as { unref(): void }).unref()
  return { process: child, lastError: () => errors.trim().split('\n').at(-1) ?? '', end: () => endProcess(child) }
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.ref()
  child.stdin?.end()
  await ended
}
