// Starts the worker of `sflink up`.
import { setTimeout as sleep } from 'node:timers/promises'
import { CommandError, EXIT } from '../commandError.ts'
import type { TemporalAccess } from '../temporal.ts'
import { polls } from './pollers.ts'
import type { UpProcesses } from './upProcesses.ts'
import { shownLine } from './workerLines.ts'

/** Milliseconds: in a checkout the worker bundles the workflows first. */
const READY_MS = 120_000
const POLL_MS = 100

/** Resolves to its process id when it polls. Throws CommandError when it ends. @param configuration path of sflink.yaml */
export async function startWorker(
  temporal: TemporalAccess,
  configuration: string,
  processes: UpProcesses,
): Promise<number> {
  let isReady = false
  let lastLine = ''
  const [, command = ''] = process.argv
  const worker = await processes.keep({
    program: process.execPath,
    args: [command, 'worker', '--config', configuration],
    output: line => {
      lastLine = line
      const shown = shownLine(line)
      // An error before it polls is the message of `up`.
      if (isReady && shown !== undefined) console.error(shown)
    },
    onEnd: (ending, delay) => {
      if (isReady) console.error(`The worker ended with ${ending}; it starts again in ${delay / 1000} s`)
    },
  })
  const failed = worker.ended.catch(({ message }: Error) => {
    throw new CommandError(`The worker ended with ${message}: ${lastLine || 'no output'}`, EXIT.runFailed)
  })
  const id = await Promise.race([failed, untilPolling(temporal, () => worker.id())])
  isReady = true
  return id
}

async function untilPolling(temporal: TemporalAccess, worker: () => number | undefined): Promise<number> {
  const end = Date.now() + READY_MS
  while (Date.now() < end) {
    const id = worker()
    if (id !== undefined && (await polls(temporal, id))) return id
    await sleep(POLL_MS)
  }
  throw new CommandError(`The worker does not poll after ${READY_MS / 1000} s`, EXIT.runFailed)
}
