// The Temporal server of the storm: killed and started again, with its database and its port.

import { isServing, listens, serverArguments } from '../../cli/up/temporalServer.ts'
import { freePort } from '../processes/freePort.ts'
import type { Processes, Running } from '../processes/processes.ts'
import { findTemporal } from '../programs/temporalExecutable.ts'

export type KillableTemporal = {
  readonly address: string
  readonly port: number
  /** Ends the server by the signal, starts it again, and resolves when it serves. */
  restart(signal: NodeJS.Signals): Promise<void>
  /** Resolves when the server serves. */
  serving(): Promise<void>
}

/** Throws TemporalMissingError, ProcessEndedError. @param database path of its file */
export async function startKillableTemporal(
  processes: Processes,
  database: string,
  namespaces: readonly string[],
): Promise<KillableTemporal> {
  const found = await findTemporal({ ...process.env, TEMPORAL_ADDRESS: '' })
  if (found.kind === 'server') throw new Error(`The storm needs a Temporal server of its own, not ${found.address}`)
  const port = await freePort()
  const address = `127.0.0.1:${port}`
  const start = async (): Promise<Running> => {
    const server = await processes.start({
      ...{ name: 'The Temporal server', program: found.path },
      args: serverArguments({ port, database, namespaces }),
    })
    await server.until(async () => (await listens(port)) && (await isServing(address)))
    return server
  }
  let current = start()
  await current
  return {
    address,
    port,
    restart: async signal => {
      const server = await current
      current = server.end(signal).then(start)
      await current
    },
    serving: async () => {
      await current
    },
  }
}
