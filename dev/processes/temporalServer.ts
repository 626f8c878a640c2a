// A Temporal server for the demo, the tests and the bench.
import { Connection } from '@temporalio/client'
import { findTemporal } from '../programs/temporalExecutable.ts'
import { freePort, listens, onFreePort } from './freePort.ts'
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
      ...{ name: `\`${executable} server start-dev\``, program: executable, args: serverArguments(port, uiPort) },
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

/** @param uiPort undefined for a server without the web UI */
export function serverArguments(port: number, uiPort: number | undefined): readonly string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'error'],
    // Without it the server asks Temporal's site for newer versions.
    ...['--dynamic-config-value', 'frontend.enableServerVersionCheck=false'],
    // By default a shard of the server hands out tasks at most 20 times a second: each step of a run would wait 50 ms, twice.
    ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=1000'],
    ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]),
  ]
}

/** Whether a Temporal server at `host:port` answers. */
export async function isServing(address: string): Promise<boolean> {
  try {
    const temporalConnection = await Connection.connect({ address, connectTimeout: 1_000 })
    await temporalConnection.close()
    return true
  } catch {
    return false
  }
}
