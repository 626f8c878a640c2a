// Processes that each write to a log of their own, and all end with this one.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type LastWill, makeLastWill } from './lastWill.ts'

/** Thrown when a process ended that was to keep running, or ended badly that was to end well. */
export class ProcessEndedError extends Error {
  override readonly name = 'ProcessEndedError' as const

  constructor(what: string, ending: string, lastLine: string, log: string) {
    super(`${what} ended with ${ending}: ${lastLine || 'it said nothing'}. Its log is ${log}`)
  }
}

export type Job = {
  /** For messages, like "The worker". */
  readonly name: string
  /** @default Node */
  readonly program?: string
  readonly args: readonly string[]
  readonly environment: NodeJS.ProcessEnv
  readonly folder: string
  /** Path of its log. */
  readonly log: string
  /** @default who we are */
  readonly user?: { readonly uid: number; readonly gid: number }
}

export type Background = Job & {
  /** The output that says that it is ready. */
  readonly ready: RegExp
  /** What asks it to end. @default SIGTERM */
  readonly stopSignal?: NodeJS.Signals
}

export type Running = {
  /** The match of `ready`. */
  readonly said: RegExpExecArray
  readonly pid: number
  /** Resolves when the condition holds; meanwhile the process must not end. Throws ProcessEndedError. */
  until(condition: () => Promise<boolean>): Promise<void>
  /** Resolves with the work. Throws ProcessEndedError when the process ends before it. */
  during<T>(work: Promise<T>): Promise<T>
  /** Ends it at once, without its knowing, and resolves when it is gone. */
  kill(): Promise<void>
}

const READY_MS = 60_000
const POLL_MS = 50
/** A worker lets its running activities end within 10 seconds. */
const GRACE_MS = 12_000

export class Processes {
  /** What asks each of them to end. */
  readonly #running = new Map<ChildProcess, NodeJS.Signals>()
  readonly #folders: string[] = []
  #madeWill: LastWill | undefined
  #ended = false

  constructor() {
    // Even an end that nobody planned leaves none behind.
    process.once('exit', () => {
      for (const [child, signal] of this.#running) child.kill(signal)
    })
  }

  /** Resolves when the process is ready. Throws ProcessEndedError. */
  async startInBackground(background: Background): Promise<Running> {
    const child = this.#spawnLogged(background, background.stopSignal)
    // Rejects when there is no such program.
    await once(child, 'spawn')
    const said = await untilMet(background, child, output => background.ready.exec(output))
    const ended = once(child, 'exit').then(async ([code, signal]) => {
      throw await endedError(background, code, signal)
    })
    // Whoever wants to know asks by `during`.
    ended.catch(() => {})
    return {
      said,
      pid: child.pid ?? 0,
      during: work => Promise.race([work, ended]),
      until: async condition => {
        await untilMet(background, child, async () => (await condition()) || null)
      },
      kill: () => end(child, 'SIGKILL'),
    }
  }

  /** Runs to the end. Throws ProcessEndedError when that is no good one. */
  async runToEnd(job: Job): Promise<void> {
    const child = this.#spawnLogged(job)
    const [code, signal] = await once(child, 'exit')
    if (code !== 0) throw await endedError(job, code, signal)
  }

  /** Runs Node on this terminal. Resolves to the exit code. */
  async runHere(args: readonly string[], place: Pick<Job, 'environment' | 'folder'>): Promise<number> {
    const [code] = await once(this.#spawn({ ...place, args }, { stdio: 'inherit' }), 'close')
    return code ?? 1
  }

  /** Has the folder removed after the last of them has ended, however that comes. */
  removeAfterwards(folder: string): void {
    this.#folders.push(folder)
    this.#lastWill().leaves(folder)
  }

  /** Ends all of them, the last one first, and lets no more start. */
  async end(): Promise<void> {
    this.#ended = true
    for (const [child, signal] of [...this.#running].reverse()) await end(child, signal)
    for (const folder of this.#folders) await rm(folder, { recursive: true, force: true })
  }

  /** Made when it is first needed. */
  #lastWill(): LastWill {
    this.#madeWill ??= makeLastWill()
    return this.#madeWill
  }

  #spawnLogged(job: Job, stopSignal?: NodeJS.Signals): ChildProcess {
    const log = openSync(job.log, 'w')
    try {
      // A group of its own: Ctrl-C ends it after those who use it, not with them.
      return this.#spawn(job, { stdio: ['ignore', log, log], detached: true, ...job.user }, stopSignal)
    } finally {
      closeSync(log)
    }
  }

  #spawn(
    { program = process.execPath, args, folder, environment }: Pick<Job, 'program' | 'args' | 'folder' | 'environment'>,
    options: SpawnOptions,
    stopSignal: NodeJS.Signals = 'SIGTERM',
  ): ChildProcess {
    if (this.#ended) throw new Error('All of it is ending')
    const { began, ended } = this.#lastWill()
    const child = spawn(program, [...args], { ...options, cwd: folder, env: environment })
    const { pid } = child
    if (pid !== undefined) began(pid, stopSignal)
    this.#running.set(child, stopSignal)
    child.once('exit', () => {
      this.#running.delete(child)
      if (pid !== undefined) ended(pid)
    })
    return child
  }
}

async function untilMet<T>(
  background: Background,
  child: ChildProcess,
  condition: (output: string) => T | null | Promise<T | null>,
): Promise<T> {
  const { name, log } = background
  const deadline = Date.now() + READY_MS
  while (Date.now() < deadline) {
    const met = await condition(await readFile(log, 'utf8'))
    if (met !== null) return met
    if (child.exitCode !== null || child.signalCode !== null) {
      throw await endedError(background, child.exitCode, child.signalCode)
    }
    await sleep(POLL_MS)
  }
  throw new Error(`${name} was not ready within ${READY_MS / 1000} s. Its log is ${log}`)
}

async function endedError(
  { name, log }: Job,
  code: number | null,
  signal: NodeJS.Signals | null,
): Promise<ProcessEndedError> {
  const lastLine = (await readFile(log, 'utf8')).trim().split('\n').at(-1) ?? ''
  return new ProcessEndedError(name, signal === null ? `code ${code}` : `signal ${signal}`, lastLine, log)
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
  await exited
  clearTimeout(timer)
}
