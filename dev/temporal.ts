// A Temporal server for development: for the demo, the tests and the bench.
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from '@temporalio/client'
import { freePort } from './freePort.ts'
import { type GuardedProcess, spawnGuarded } from './guardedProcess.ts'
import { findTemporal } from './temporalExecutable.ts'

export type TemporalServerOptions = {
  /** Whether to serve the web UI. @default false */
  readonly ui?: boolean
  /** File to keep workflows in beyond the server's life. @default in memory */
  readonly dbFile?: string
  /** @default a free one */
  readonly port?: number
  /** Starts one even when TEMPORAL_ADDRESS names another. @default false */
  readonly own?: boolean
}

export type TemporalServer = {
  /** `host:port` */
  readonly address: string
  readonly namespace: string
  /** Absent when there is none, or it is not known for a server that was already running. */
  readonly uiUrl?: string
  /** Ends the server if it was started here. */
  close(): Promise<void>
}

/** Thrown when the executable was found but no server came up. */
export class TemporalStartError extends Error {
  override readonly name = 'TemporalStartError' as const

  constructor(executable: string, reason: string) {
    super(`Starting a Temporal server failed: \`${executable} server start-dev\` ${reason}. Run it by hand to see why.`)
  }
}

const START_MS = 30_000
const POLL_MS = 50
/** Another process may take a free port before the server does. */
const PORT_ATTEMPTS = 3

/**
 * Starts a server on 127.0.0.1 that ends with this process, or leads to the one that TEMPORAL_ADDRESS names.
 * Throws TemporalMissingError when there is no Temporal to start, TemporalStartError when it does not come up.
 */
export async function startTemporalServer(options: TemporalServerOptions = {}): Promise<TemporalServer> {
  const found = await findTemporal(options.own ? { ...process.env, TEMPORAL_ADDRESS: '' } : process.env)
  if (found.kind === 'server') {
    return { address: found.address, namespace: found.namespace, close: async () => {} }
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startProcess(found.path, options)
    } catch (error) {
      if (options.port !== undefined || attempt === PORT_ATTEMPTS) throw error
    }
  }
}

async function startProcess(executable: string, options: TemporalServerOptions): Promise<TemporalServer> {
  const port = options.port ?? (await freePort())
  const uiPort = options.ui ? await freePort() : undefined
  const guardian = spawnGuarded(executable, serverArguments(port, uiPort, options.dbFile))
  const address = `127.0.0.1:${port}`
  try {
    await untilServing(guardian, address, executable)
  } catch (error) {
    await guardian.end()
    throw error
  }
  return {
    address,
    namespace: 'default',
    ...(uiPort === undefined ? {} : { uiUrl: `http://127.0.0.1:${uiPort}` }),
    close: () => guardian.end(),
  }
}

function serverArguments(port: number, uiPort: number | undefined, dbFile: string | undefined): readonly string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'error'],
    // Else the server asks Temporal's site for news of itself.
    ...['--dynamic-config-value', 'frontend.enableServerVersionCheck=false'],
    ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...(dbFile === undefined ? [] : ['--db-filename', dbFile]),
  ]
}

async function untilServing(guardian: GuardedProcess, address: string, executable: string): Promise<void> {
  const deadline = Date.now() + START_MS
  while (Date.now() < deadline) {
    if (guardian.process.exitCode !== null) {
      throw new TemporalStartError(executable, `ended with ${guardian.process.exitCode} (${guardian.lastError()})`)
    }
    // A connection refused makes the client wait a second before it looks again, so a plain socket looks first.
    if ((await accepts(address)) && (await isServing(address))) return
    await sleep(POLL_MS)
  }
  throw new TemporalStartError(executable, `did not answer on ${address} within ${START_MS / 1000} s`)
}

function accepts(address: string): Promise<boolean> {
  const { hostname, port } = new URL(`tcp://${address}`)
  return new Promise(resolve => {
    const socket = connect(Number(port), hostname)
    socket.on('connect', () => socket.end(() => resolve(true)))
    socket.on('error', () => resolve(false))
  })
}

async function isServing(address: string): Promise<boolean> {
  try {
    const temporalConnection = await Connection.connect({ address, connectTimeout: 1_000 })
    await temporalConnection.close()
    return true
  } catch {
    return false
  }
}
