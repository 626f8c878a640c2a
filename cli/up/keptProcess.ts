// A process that `sflink up` keeps running.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** Milliseconds before it starts again: doubled after each end, and short again after it has run for long. */
const FIRST_DELAY = 1_000
const LONGEST_DELAY = 60_000
const LONG_RUN = 60_000

export type KeptJob = {
  readonly program: string
  readonly args: readonly string[]
  /** Receives its standard error: a function each line, a file all of it. */
  readonly output: ((line: string) => void) | string
  /** Milliseconds from SIGTERM to SIGKILL. @default no limit */
  readonly patience?: number
  /** Called when it has ended by itself. @param ending like `code 1` @param delay milliseconds before it starts again */
  onEnd(ending: string, delay: number): void
}

export type KeptProcess = {
  /** Undefined while it does not run. */
  id(): number | undefined
  /** Rejects when it ends by itself for the first time. */
  readonly ended: Promise<never>
  /** Sends SIGTERM, and resolves when it has ended; it does not start again. */
  stop(): Promise<void>
}

/** Starts it, and again whenever it ends. @param onRestart called after each start but the first */
export function keepRunning({ program, args, output, patience, onEnd }: KeptJob, onRestart: () => void): KeptProcess {
  const { promise: ended, reject } = Promise.withResolvers<never>()
  // Awaited during its start only.
  ended.catch(() => {})
  let child: ChildProcess | undefined
  let timer: NodeJS.Timeout | undefined
  let delay = FIRST_DELAY
  let isStopping = false

  function start(): void {
    const began = Date.now()
    const log = typeof output === 'string' ? openSync(output, 'a', 0o600) : 'pipe'
    // A process group of its own: Ctrl-C reaches `up` alone, which ends its processes in their order.
    const started = spawn(program, args, { detached: true, stdio: ['ignore', 'ignore', log] })
    if (typeof log === 'number') closeSync(log)
    child = started
    let error = ''
    started.on('error', problem => {
      error = `: ${problem.message}`
    })
    if (started.stderr !== null && typeof output === 'function') {
      createInterface({ input: started.stderr }).on('line', output)
    }
    started.on('close', (code, signal) => {
      child = undefined
      if (isStopping) return
      if (Date.now() - began > LONG_RUN) delay = FIRST_DELAY
      const ending = signal === null ? `code ${code}${error}` : `signal ${signal}`
      reject(new Error(ending))
      onEnd(ending, delay)
      timer = setTimeout(() => {
        start()
        onRestart()
      }, delay)
      delay = Math.min(delay * 2, LONGEST_DELAY)
    })
  }

  start()
  return {
    id: () => child?.pid,
    ended,
    stop: async () => {
      isStopping = true
      clearTimeout(timer)
      if (child === undefined) return
      const closed = once(child, 'close')
      child.kill('SIGTERM')
      if (patience !== undefined) timer = setTimeout(() => child?.kill('SIGKILL'), patience)
      await closed
      clearTimeout(timer)
    },
  }
}
