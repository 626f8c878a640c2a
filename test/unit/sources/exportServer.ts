// A web server with exports, valid and faulty ones.
import { createServer, type ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { type Listening, listening } from '../../rig/listening.ts'

/** The signature of a presigned URL: a secret. */
export const SIGNATURE = 'X-Amz-Signature=0123456789abcdef'
export const CSV = 'a,b\n1,2\n'

/** The answer of the server for each path. */
const ANSWERS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/exports/x.csv': response =>
    response
      .writeHead(200, {
        'content-length': CSV.length,
        etag: '"v1"',
        'last-modified': 'Wed, 25 Nov 2026 01:00:00 GMT',
      })
      .end(CSV),
  '/exports/chunked.csv': response => {
    response.writeHead(200)
    response.write('a,b\n')
    response.end('1,2\n')
  },
  '/exports/gzip.csv': response => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(CSV)),
  '/exports/incomplete-gzip.csv': response =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(CSV.repeat(999)).subarray(0, 40)),
  '/exports/brotli.csv': response => response.writeHead(200, { 'content-encoding': 'br' }).end('x'),
  '/exports/unbounded.csv': response => {
    response.removeHeader('transfer-encoding')
    response.useChunkedEncodingByDefault = false
    response.shouldKeepAlive = false
    response.writeHead(200, { connection: 'close' })
    response.end(CSV)
  },
  '/exports/short.csv': response => {
    response.writeHead(200, { 'content-length': 1_000_000 })
    response.write(CSV.repeat(1_000), () => response.destroy())
  },
  '/exports/short-chunked.csv': response => {
    response.writeHead(200)
    response.write(CSV.repeat(1_000), () => response.destroy())
  },
  '/exports/closed.csv': response => response.socket?.destroy(),
  '/exports/upgrade.csv': response =>
    response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
  '/exports/bomb.csv': response =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(CSV.repeat(1_000_000))),
  // Never ends.
  '/exports/drip.csv': response => {
    response.writeHead(200, { 'content-length': 1_000_000 })
    const timer = setInterval(() => response.write('a'), 10)
    response.on('close', () => clearInterval(timer))
  },
  '/exports/silent.csv': () => undefined,
  '/exports/moved.csv': response => response.writeHead(302, { location: '/exports/x.csv' }).end(),
  '/exports/moved-out.csv': response => response.writeHead(302, { location: `/private/x.csv?${SIGNATURE}` }).end(),
  '/exports/moved-away.csv': response => response.writeHead(307, { location: 'https://other.acme.com/x.csv' }).end(),
  '/exports/moved-up.csv': response => response.writeHead(301, { location: '../private/x.csv' }).end(),
  '/exports/moved-around.csv': response => response.writeHead(302, { location: 'moved-around.csv' }).end(),
  '/private/x.csv': response => response.end('secret'),
}

export async function startExportServer(): Promise<Listening> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0] ?? ''
    const status = /^\/exports\/status-(\d+)/.exec(path)?.[1]
    if (status !== undefined) response.writeHead(Number(status)).end('no')
    else if (ANSWERS[path] !== undefined) ANSWERS[path](response)
    else response.writeHead(404).end()
  })
  return listening(server)
}
