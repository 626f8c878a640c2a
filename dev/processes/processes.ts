// Supervises the processes that development starts. All of them end with this process, even when it is killed.
import { closeSync, openSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { execa, type Options, type Result, type ResultPromise } from 'execa'

/** Thrown when a server ends while it should run, or when a job fails. */
export class ProcessEndedError extends Error {
  override readonly name = 'ProcessEndedError' as const

  constructor(what: string, ending: string, { lastLine, log }: { readonly lastLine: string; readonly log?: string }) {
    const hint = log === undefined ? 'Run it in a terminal to see why.' : `Its log is ${log}`
    super(`${what} ended with ${ending}: ${lastLine || 'no output'}. ${hint}`)
  }
}

export type Job = {
  /** For messages, like "The worker". */
  readonly name: string
  /** @default Node */
  readonly program?: string
  readonly args: readonly string[]
  /** The whole environment of the process. @default that of this process */
  readonly environment?: NodeJS.ProcessEnv
  readonly folder?: string
  /** Path of a file for its output. @default only the end of its standard error is kept, for messages */
  readonly log?: string
  /** @default the user of this process */
  readonly user?: { readonly uid: number; readonly gid: number }
}

export type Server = Job & {
  /** Output that shows that the server is ready; needs a log. @default ready as soon as it is started */
  readonly ready?: RegExp
  /** Signal that stops the server. @default SIGTERM */
  readonly stopSignal?: NodeJS.Signals
}

export type Running = {
  readonly readyMatch: RegExpExecArray
  readonly pid: number
  /** Resolves when the condition holds. Throws ProcessEndedError when the process ends first, Error after 60 s. */
  until(condition: () => Promise<boolean>): Promise<void>
  /** Resolves with the work. Throws ProcessEndedError when the process ends first. */
  during<T>(work: Promise<T>): Promise<T>
  /** Resolves when the process has ended, to its exit code; undefined when a signal ended it. */
  readonly ended: Promise<number | undefined>
  /** Sends the signal, and resolves when the process has ended. */
  end(signal: NodeJS.Signals): Promise<void>
  /** Sends the stop signal, and resolves when the process has ended. */
  stop(): Promise<void>
}

type Child = {
  readonly job: Job
  readonly process: ResultPromise
  readonly ended: Promise<Result>
  /** Set when the process has ended. */
  result?: Result
  /** End of the standard error of a process without a log. */
  errors: string
}

const READY_MS = 60_000
const POLL_MS = 50
/** A worker gives its running activities 10 seconds. */
const GRACE_MS = 12_000
const ERRORS_KEPT = 2_000

export class Processes {
  readonly #running = new Set<Child>()
  readonly #folders: string[] = []
  #startedGuard: ResultPromise | undefined
  #ended = false

  /** Resolves when the server is ready; the server does not keep this process running. Throws ProcessEndedError. */
  async start(server: Server): Promise<Running> {
    const child = this.#spawnLogged(server, server.stopSignal)
    const readyMatch = await untilMet(child, async () => (server.ready ?? /^/).exec(await outputOf(child)))
    child.process.nodeChildProcess.unref()
    const failed = child.ended.then(async result => {
      throw await endedError(child, result)
    })
    // Reported by `during` only.
    failed.catch(() => {})
    return {
      readyMatch,
      pid: child.process.pid ?? 0,
      during: work => Promise.race([work, failed]),
      until: async condition => {
        await untilMet(child, async () => (await condition()) || null)
      },
      ended: child.ended.then(({ exitCode }) => exitCode),
      end: signal => end(child, signal),
      stop: () => end(child),
    }
  }

  /** Runs a job to its end. Throws ProcessEndedError when it fails. */
  async runToEnd(job: Job): Promise<void> {
    const child = this.#spawnLogged(job)
    const result = await child.ended
    if (result.failed) throw await endedError(child, result)
  }

  /** Runs Node on this terminal. Resolves to the exit code. */
  async runHere(args: readonly string[], place: Pick<Job, 'environment' | 'folder'>): Promise<number> {
    const { exitCode } = await this.#spawn({ ...place, name: 'node', args }, { stdio: 'inherit' }).ended
    return exitCode ?? 1
  }

  /** Removes the folder after the last process has ended, even when this process is killed. */
  removeAfterwards(folder: string): void {
    this.#folders.push(folder)
    this.#notifyGuard(`=${folder}`)
  }

  /** Stops all processes, the last one first, and lets no more start. */
  async end(): Promise<void> {
    this.#ended = true
    for (const child of [...this.#running].reverse()) await end(child)
    for (const folder of this.#folders) await rm(folder, { recursive: true, force: true })
    this.#startedGuard?.stdin?.end()
  }

  #spawnLogged(job: Job, stopSignal?: NodeJS.Signals): Child {
    // A process group of its own: Ctrl-C in the terminal reaches this process alone, and `end` keeps the order.
    const options: Options = { ...job.user, detached: true }
    if (job.log === undefined) return this.#spawn(job, { ...options, stdio: ['ignore', 'ignore', 'pipe'] }, stopSignal)
    // The types of execa know descriptors up to 9 only; any open descriptor works.
    const log = openSync(job.log, 'w') as 9
    try {
      return this.#spawn(job, { ...options, stdio: ['ignore', log, log] }, stopSignal)
    } finally {
      closeSync(log)
    }
  }

  #spawn(job: Job, options: Options, stopSignal: NodeJS.Signals = 'SIGTERM'): Child {
    if (this.#ended) throw new Error('The processes are being stopped; no more can start')
    // The guard runs before the process that it guards.
    this.#guard()
    const subprocess = execa(job.program ?? process.execPath, job.args, {
      ...options,
      ...(job.folder === undefined ? {} : { cwd: job.folder }),
      ...{ env: job.environment ?? process.env, extendEnv: false, buffer: false, reject: false, cleanup: false },
      ...{ killSignal: stopSignal, forceKillAfterDelay: GRACE_MS },
    }) as ResultPromise
    const { pid } = subprocess
    if (pid !== undefined) this.#notifyGuard(`+${pid} ${stopSignal}`)
    const ended = Promise.resolve(subprocess) as Promise<Result>
    const child: Child = { job, process: subprocess, ended, errors: '' }
    subprocess.stderr?.on('data', data => {
      child.errors = (child.errors + data).slice(-ERRORS_KEPT)
    })
    unref(subprocess.stderr)
    this.#running.add(child)
    ended.then(result => {
      child.result = result
      this.#running.delete(child)
      if (pid !== undefined) this.#notifyGuard(`-${pid}`)
    })
    return child
  }

  #notifyGuard(line: string): void {
    this.#guard().stdin?.write(`${line}\n`)
  }

  /** Starts at the first use. It sees the end of this process as the end of its standard input. */
  #guard(): ResultPromise {
    if (this.#startedGuard !== undefined) return this.#startedGuard
    const script = fileURLToPath(new URL('./deathGuard.mjs', import.meta.url))
    const guard = execa(process.execPath, [script], {
      ...{ detached: true, cleanup: false, reject: false, buffer: false, stdio: ['pipe', 'ignore', 'ignore'] },
    }) as ResultPromise
    guard.nodeChildProcess.unref()
    unref(guard.stdin)
    guard.stdin?.on('error', () => {})
    this.#startedGuard = guard
    return guard
  }
}

/** A pipe to a child is a socket, which would keep this process running. */
function unref(pipe: object | null | undefined): void {
  if (pipe && 'unref' in pipe) (pipe as { unref(): void }).unref()
}

async function untilMet<T>(child: Child, condition: () => Promise<T | null>): Promise<T> {
  const deadline = Date.now() + READY_MS
  while (Date.now() < deadline) {
    const met = await condition()
    if (child.process.pid !== undefined && met !== null) return met
    if (child.result !== undefined) throw await endedError(child, child.result)
    await sleep(POLL_MS)
  }
  const { name, log } = child.job
  throw new Error(`${name} was not ready within ${READY_MS / 1000} s.${log === undefined ? '' : ` Its log is ${log}`}`)
}

const outputOf = async ({ job, errors }: Child): Promise<string> =>
  job.log === undefined ? errors : readFile(job.log, 'utf8')

async function endedError(child: Child, result: Result): Promise<ProcessEndedError> {
  const { name, log } = child.job
  const lastLine = (await outputOf(child)).trim().split('\n').at(-1) ?? ''
  const code = result.exitCode ?? result.code ?? 'an unknown code'
  const ending = result.signal === undefined ? `code ${code}` : `signal ${result.signal}`
  return new ProcessEndedError(name, ending, { lastLine, ...(log === undefined ? {} : { log }) })
}

async function end(child: Child, signal?: NodeJS.Signals): Promise<void> {
  if (child.result !== undefined) return
  child.process.nodeChildProcess.ref()
  if (signal === undefined) child.process.kill()
  else child.process.kill(signal)
  await child.ended
}

/** Runs a program to its exit code and exits; prints the message of what it throws. */
export async function exitAfter(program: () => Promise<number>): Promise<never> {
  // Without a handler, a reader that closes the pipe (`npm run demo | head`) ends this process before it stops the others.
  process.stdout.on('error', () => {})
  const code = await program().catch((error: Error) => {
    console.error(`\n${error.message}`)
    return 1
  })
  process.exit(code)
}

/** Resolves to the exit code that a shell gives a command ended by the signal. Keeps this process running until then. */
export function untilSignal(): Promise<number> {
  return new Promise(resolve => {
    const timer = setInterval(() => {}, 60_000)
    const end = (code: number) => {
      clearInterval(timer)
      resolve(code)
    }
    process.once('SIGINT', () => end(130))
    process.once('SIGTERM', () => end(143))
  })
}
