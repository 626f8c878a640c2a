import { once } from 'node:events'
import { createServer } from 'node:net'

/** The Temporal server keeps ports in columns that end at 32,767; the ports that a system gives away mostly begin there. */
const LOWEST = 20_000
const HIGHEST = 32_000

/** A port of 127.0.0.1 in that range that nothing listens on at the moment. */
export async function lowPort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))
    const server = createServer().listen(port, '127.0.0.1')
    const free = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    server.close()
    if (free) return port
  }
}
