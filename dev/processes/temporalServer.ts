// A Temporal server for the demo, the tests and the bench.
import { isServing, listens, serverArguments } from '../../cli/up/temporalServer.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import { findTemporal } from '../programs/temporalExecutable.ts'
import { freePort, onFreePort } from './freePort.ts'
import { Processes } from './processes.ts'

export type TemporalServerOptions = {
  /** Whether to serve the web UI. @default false */
  readonly ui?: boolean
  /** Whether to start a server even when TEMPORAL_ADDRESS names another. @default false */
  readonly own?: boolean
}

export type TemporalServer = {
  /** `host:port` */
  readonly address: string
  readonly namespace: string
  /** Absent without a UI, and for a server that was already running. */
  readonly uiUrl?: string
  /** Stops the server if it was started here. */
  close(): Promise<void>
}

/**
 * Starts a server on 127.0.0.1 that ends with this process, or returns the server that TEMPORAL_ADDRESS names.
 * Throws TemporalMissingError when there is no Temporal to start, ProcessEndedError when the server does not start.
 */
export async function startTemporalServer(options: TemporalServerOptions = {}): Promise<TemporalServer> {
  const found = await findTemporal(options.own ? { ...process.env, TEMPORAL_ADDRESS: '' } : process.env)
  if (found.kind === 'server') return { address: found.address, namespace: found.namespace, close: async () => {} }
  return onFreePort(port => startOnPort(found.path, port, options))
}

async function startOnPort(executable: string, port: number, { ui }: TemporalServerOptions): Promise<TemporalServer> {
  const uiPort = ui ? await freePort() : undefined
  const address = `127.0.0.1:${port}`
  const processes = new Processes()
  try {
    const server = await processes.start({
      ...{
        name: `\`${executable} server start-dev\``,
        program: executable,
        args: serverArguments({ port, ...present({ uiPort }) }),
      },
      // A server in memory has nothing to save, and its orderly shutdown takes more than a second.
      stopSignal: 'SIGKILL',
    })
    // A rejected connection makes the client wait a second before its next attempt, so a plain socket polls first.
    await server.until(async () => (await listens(port)) && (await isServing(address)))
  } catch (error) {
    await processes.end()
    throw error
  }
  return {
    address,
    namespace: 'default',
    ...(uiPort === undefined ? {} : { uiUrl: `http://127.0.0.1:${uiPort}` }),
    close: () => processes.end(),
  }
}
