import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { QueryOutcome, QueryRequest } from './queryRequest.ts'

const isCheckout = import.meta.url.endsWith('.ts')
/** The program executes a few lines of JavaScript, and the compiler of the engine takes 10 MB. Node reads TypeScript by WebAssembly, which needs it. */
const NODE_OPTIONS = isCheckout ? [] : ['--jitless']

const PROGRAM = fileURLToPath(new URL(`./duckdbProcess.${isCheckout ? 'ts' : 'js'}`, import.meta.url))

/** Milliseconds after which the size of the written rows is checked again. */
const SIZE_INTERVAL = 250

const REMEDY = 'If the machine has too little memory, run fewer loads on it at a time.'

/** Last characters of what a process wrote to its error stream. */
const SHOWN_ERRORS = 300

export type QueryLimits = {
  readonly signal: AbortSignal | undefined
  /** Bytes of the written rows: a query may have rows without end. */
  readonly maxBytes: number
}

/**
 * Executes a query in a process of its own, which has no environment, and ends it when the signal aborts. Rethrows the reason of the
 * signal, and throws an Error when the process ends without an answer.
 */
export async function runInProcess(request: QueryRequest, { signal, maxBytes }: QueryLimits): Promise<QueryOutcome> {
  signal?.throwIfAborted()
  const child = fork(PROGRAM, { env: {}, execArgv: NODE_OPTIONS, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  const { promise, resolve, reject } = Promise.withResolvers<QueryOutcome>()
  let errors = ''
  const onAbort = () => reject(signal?.reason)
  const timer = setInterval(async () => {
    const size = await stat(request.target).then(
      ({ size }) => size,
      () => 0,
    )
    if (size > maxBytes) resolve(tooLarge(maxBytes))
  }, SIZE_INTERVAL)
  try {
    signal?.addEventListener('abort', onAbort)
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-SHOWN_ERRORS)
    })
    child.once('message', message => resolve(message as QueryOutcome))
    // A process that can't be started emits a second one for the message.
    child.on('error', reject)
    child.once('exit', (code, by) =>
      reject(new Error(`The process of DuckDB ended with ${by ?? code}. ${REMEDY} ${errors}`)),
    )
    if (child.connected) child.send(request)
    return await promise
  } finally {
    clearInterval(timer)
    signal?.removeEventListener('abort', onAbort)
    await killed(child)
  }
}

/** Waits until the process has ended: it would write files into directories that are removed. */
async function killed(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

function tooLarge(maxBytes: number): QueryOutcome {
  return {
    problem: 'sql',
    message: `its rows have more than ${maxBytes} bytes, the most that is allowed`,
    advice: 'Read fewer rows or columns, or raise maxSourceBytes in sflink.yaml.',
  }
}
