// The Temporal server for one machine: its command line, its ports, and whether it answers.
import { once } from 'node:events'
import { connect } from 'node:net'
import { Connection } from '@temporalio/client'

export type ServerPlace = {
  readonly port: number
  /** @default without the web UI */
  readonly uiPort?: number
  /** Path of the file of its data. @default in memory */
  readonly database?: string
  /** Created beside `default`. @default none */
  readonly namespaces?: readonly string[]
}

/** The arguments of `temporal`. */
export function serverArguments({ port, uiPort, database, namespaces = [] }: ServerPlace): readonly string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'error'],
    // Without it the server asks Temporal's site for newer versions.
    ...['--dynamic-config-value', 'frontend.enableServerVersionCheck=false'],
    // By default a shard of the server hands out tasks at most 20 times a second: each step of a run would wait 50 ms, twice.
    ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=1000'],
    ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...(database === undefined ? [] : ['--db-filename', database]),
    ...namespaces.flatMap(name => ['--namespace', name]),
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

/** Whether a process listens on the port of 127.0.0.1. */
export async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** The ports that Temporal uses where nothing else is said: its UI has the port of the server plus 1000. */
const FIRST_PORT = 7233
const LAST_PORT = 7299
export const UI_OFFSET = 1_000

/** The first free pair of ports. Throws Error when all are taken. */
export async function freePorts(): Promise<{ readonly port: number; readonly uiPort: number }> {
  for (let port = FIRST_PORT; port <= LAST_PORT; port += 1) {
    const uiPort = port + UI_OFFSET
    if (!(await listens(port)) && !(await listens(uiPort))) return { port, uiPort }
  }
  throw new Error(
    `Temporal cannot start: the ports ${FIRST_PORT} to ${LAST_PORT} are taken. Stop a program that uses one`,
  )
}

/** The UI of a server on this machine, where Temporal puts it; undefined for another server. */
export function localUi(address: string): string | undefined {
  const [, port] = /^(?:localhost|127\.0\.0\.1):(\d+)$/.exec(address) ?? []
  const isOurs = Number(port) >= FIRST_PORT && Number(port) <= LAST_PORT
  return isOurs ? `http://localhost:${Number(port) + UI_OFFSET}` : undefined
}
