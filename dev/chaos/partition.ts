// A TCP proxy in front of Temporal that can stop forwarding: the process behind it is cut off, and its connections stay open.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type Partition = {
  /** `host:port` */
  readonly address: string
  cutOff(): void
  /** Everything that arrived meanwhile is forwarded. */
  connectAgain(): void
}

type Pair = readonly [client: Socket, temporal: Socket]

export async function startPartition(port: number): Promise<Partition> {
  const pairs = new Set<Pair>()
  let isCut = false
  const server = createServer(client => {
    const pair: Pair = [client, connect(port, '127.0.0.1')]
    pairs.add(pair)
    for (const socket of pair) {
      socket.unref()
      socket.on('error', () => {})
      socket.on('close', () => {
        pairs.delete(pair)
        for (const each of pair) each.destroy()
      })
    }
    if (!isCut) forward(pair)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  server.unref()
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cutOff: () => {
      isCut = true
      for (const pair of pairs) hold(pair)
    },
    connectAgain: () => {
      isCut = false
      for (const pair of pairs) forward(pair)
    },
  }
}

function forward([client, temporal]: Pair): void {
  client.pipe(temporal)
  temporal.pipe(client)
}

function hold([client, temporal]: Pair): void {
  client.unpipe(temporal).pause()
  temporal.unpipe(client).pause()
}
