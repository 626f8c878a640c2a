// The demo's processes: each writes to a log of its own, and all of them end with the demo.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** Thrown when a process ended that was to keep running. */
export class ProcessEndedError extends Error {
  override readonly name = 'ProcessEndedError' as const

  constructor(what: string, code: number | null, lastLine: string, log: string) {
    super(`${what} ended with code ${code}: ${lastLine || 'it said nothing'}. Its log is ${log}`)
  }
}

export type Background = {
  /** For messages, like "The worker". */
  readonly name: string
  /** Arguments of Node. */
  readonly args: readonly string[]
  readonly environment: NodeJS.ProcessEnv
  readonly folder: string
  /** Path of its log. */
  readonly log: string
  /** The output that says that it is ready. */
  readonly ready: RegExp
}

const READY_MS = 60_000
const POLL_MS = 50
/** A worker lets its running activities end within 10 seconds. */
const GRACE_MS = 12_000

export class Processes {
  readonly #running = new Set<ChildProcess>()
  #ended = false

  constructor() {
    // Even an end that nobody planned leaves none behind.
    process.once('exit', () => {
      for (const child of this.#running) child.kill('SIGTERM')
    })
  }

  /** Resolves to the match of `ready` when the process is ready. Throws ProcessEndedError. */
  async startInBackground(background: Background): Promise<RegExpExecArray> {
    const log = openSync(background.log, 'w')
    // A group of its own: Ctrl-C ends it after those who use it, not with them.
    const child = this.#spawn(background.args, background, { stdio: ['ignore', log, log], detached: true })
    closeSync(log)
    const deadline = Date.now() + READY_MS
    while (Date.now() < deadline) {
      const output = await readFile(background.log, 'utf8')
      const match = background.ready.exec(output)
      if (match !== null) return match
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new ProcessEndedError(
          background.name,
          child.exitCode,
          output.trim().split('\n').at(-1) ?? '',
          background.log,
        )
      }
      await sleep(POLL_MS)
    }
    throw new Error(`${background.name} was not ready within ${READY_MS / 1000} s. Its log is ${background.log}`)
  }

  /** Runs Node on this terminal. Resolves to the exit code. */
  async runHere(args: readonly string[], place: Pick<Background, 'environment' | 'folder'>): Promise<number> {
    const [code] = await once(this.#spawn(args, place, { stdio: 'inherit' }), 'close')
    return code ?? 1
  }

  /** Ends all of them, the last one first, and lets no more start. */
  async end(): Promise<void> {
    this.#ended = true
    for (const child of [...this.#running].reverse()) await endProcess(child)
  }

  #spawn(
    args: readonly string[],
    { environment, folder }: Pick<Background, 'environment' | 'folder'>,
    options: { readonly stdio: 'inherit' | ['ignore', number, number]; readonly detached?: boolean },
  ): ChildProcess {
    if (this.#ended) throw new Error('The demo is ending')
    const child = spawn(process.execPath, [...args], { ...options, cwd: folder, env: environment })
    this.#running.add(child)
    child.once('exit', () => this.#running.delete(child))
    return child
  }
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
  await exited
  clearTimeout(timer)
}
