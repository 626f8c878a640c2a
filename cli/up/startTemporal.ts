// Starts the Temporal server of `sflink up`.
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { msToTs } from '@temporalio/common/lib/time.js'
import { wholeEnvironment } from '../../config/environment.ts'
import { temporalSettings } from '../../packages/client/settings.ts'
import { CommandError, EXIT } from '../commandError.ts'
import type { TemporalAccess } from '../temporal.ts'
import type { OwnTemporal } from './chooseTemporal.ts'
import { shownPath, type UpPlace } from './place.ts'
import { temporalCommand } from './temporalCommand.ts'
import { isServing, listens, serverArguments } from './temporalServer.ts'
import type { UpProcesses } from './upProcesses.ts'

/** Milliseconds: a server with the runs of a year starts in seconds. */
const READY_MS = 60_000
const POLL_MS = 50
/** Milliseconds from SIGTERM to SIGKILL, which its database survives. */
const PATIENCE = 10_000

/** Resolves when it answers. Throws CommandError when there is no way to get it, or when it ends. */
export async function startTemporal(
  { port, uiPort }: OwnTemporal,
  { database, temporalLog }: UpPlace,
  processes: UpProcesses,
): Promise<void> {
  const program = await temporalCommand(wholeEnvironment())
  const namespaces = [temporalSettings().namespace].filter(name => name !== 'default')
  const log = shownPath(temporalLog)
  let isReady = false
  const server = await processes.keep(
    {
      ...{ program, args: serverArguments({ port, uiPort, database, namespaces }), output: temporalLog },
      patience: PATIENCE,
      onEnd: (ending, delay) => {
        if (isReady)
          console.error(`Temporal ended with ${ending}; it starts again in ${delay / 1000} s. Its log is ${log}`)
      },
    },
    port,
  )
  const failed = server.ended.catch(async ({ message }: Error) => {
    const lastLine = (await readFile(temporalLog, 'utf8').catch(() => '')).trim().split('\n').at(-1)
    throw new CommandError(
      `Temporal ended with ${message}: ${lastLine || 'no output'}. Its log is ${log}. If its data is damaged, move ${shownPath(database)} away: the results of runs are in the run store`,
      EXIT.runFailed,
    )
  })
  await Promise.race([failed, untilServing(port, log)])
  isReady = true
}

/** A rejected connection makes the client wait for a second, so a plain socket polls first. */
async function untilServing(port: number, log: string): Promise<void> {
  const end = Date.now() + READY_MS
  while (Date.now() < end) {
    if ((await listens(port)) && (await isServing(`127.0.0.1:${port}`))) return
    await sleep(POLL_MS)
  }
  throw new CommandError(`Temporal does not answer after ${READY_MS / 1000} s. Its log is ${log}`, EXIT.runFailed)
}

/** Milliseconds that Temporal keeps ended runs. The server for one machine has a day, which may end before anyone has seen a failure. */
const RETENTION = 30 * 24 * 60 * 60 * 1000

export async function keepHistory({ client, namespace }: TemporalAccess): Promise<void> {
  const { config } = await client.workflowService.describeNamespace({ namespace })
  if (Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) * 1000 >= RETENTION) return
  await client.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: msToTs(RETENTION) },
  })
}
