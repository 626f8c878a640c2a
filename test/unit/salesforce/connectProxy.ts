import { createServer, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { listening } from '../../rig/listening.ts'

export type ConnectProxy = {
  readonly port: number
  /** Requested targets, `host:port`, in order. */
  readonly targets: readonly string[]
  close(): Promise<void>
}

export type ConnectProxyOptions = {
  /** Required credentials, `user:password`. */
  readonly credentials?: string
  /** Target of every tunnel. @default the requested target */
  readonly leadsTo?: number
  /** Rejects every tunnel with this status. */
  readonly rejects?: string
}

/** A proxy that supports CONNECT only. */
export async function startConnectProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const targets: string[] = []
  const sockets = new Set<Duplex>()
  const server = createServer()
  server.on('connect', (request, client) => {
    sockets.add(client)
    client.on('error', () => client.destroy())
    targets.push(request.url ?? '')
    const rejection = rejectionOf(request, options)
    if (rejection !== undefined) {
      client.end(`HTTP/1.1 ${rejection}\r\n\r\n`)
      return
    }
    const { hostname, port } = new URL(`tunnel://${request.url}`)
    const target = connect(options.leadsTo ?? Number(port), options.leadsTo === undefined ? hostname : '127.0.0.1')
    sockets.add(target)
    target.on('error', () => client.destroy())
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    client.pipe(target).pipe(client)
  })
  const { port, close } = await listening(server)
  return {
    port,
    targets,
    close: () => {
      for (const socket of sockets) socket.destroy()
      return close()
    },
  }
}

function rejectionOf({ headers }: IncomingMessage, { credentials, rejects }: ConnectProxyOptions): string | undefined {
  if (rejects !== undefined) return rejects
  if (credentials === undefined) return undefined
  const expected = `Basic ${Buffer.from(credentials).toString('base64')}`
  return headers['proxy-authorization'] === expected ? undefined : '407 Proxy Authentication Required'
}
