import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'

export type Listening = { readonly port: number; readonly url: string; close(): Promise<void> }

/** Lets a server listen on a free port of this machine. */
export async function listening(server: Server & { closeAllConnections?(): void }): Promise<Listening> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections?.()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
