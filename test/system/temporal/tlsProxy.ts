// TLS, client certificates and API keys in front of a Temporal server without them.
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect, createSecureServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Certificate } from '../../rig/certificates.ts'

export type TlsProxy = { readonly port: number; close(): Promise<void> }

export type TlsProxyOptions = {
  /** `host:port` of the server behind it. */
  readonly target: string
  readonly certificate: Certificate
  /** Requires a client certificate signed by this authority. @default no certificate is required */
  readonly clientAuthority?: Certificate
  /** Requires this API key. @default no key is required */
  readonly apiKey?: string
}

const UNAUTHENTICATED = {
  ':status': 200,
  'content-type': 'application/grpc',
  'grpc-status': '16',
  'grpc-message': 'Request unauthorized.',
}

export async function startTlsProxy(options: TlsProxyOptions): Promise<TlsProxy> {
  const { target, certificate, clientAuthority, apiKey } = options
  const inside = connect(`http://${target}`)
  const server = createSecureServer({
    cert: await readFile(certificate.crt),
    key: await readFile(certificate.key),
    ...(clientAuthority === undefined
      ? {}
      : { ca: await readFile(clientAuthority.crt), requestCert: true, rejectUnauthorized: true }),
  })
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    if (apiKey !== undefined && headers['authorization'] !== `Bearer ${apiKey}`) {
      stream.respond(UNAUTHENTICATED, { endStream: true })
    } else {
      handOn(stream, inside.request(headersOnly(headers)))
    }
  })
  // Failed handshakes are expected.
  server.on('sessionError', () => {})
  const sockets = new Set<{ destroy(): void; on(event: 'close', listener: () => void): unknown }>()
  server.on('connection', socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      inside.destroy()
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

function handOn(outer: ServerHttp2Stream, inner: ReturnType<ReturnType<typeof connect>['request']>): void {
  let trailers: IncomingHttpHeaders = {}
  outer.pipe(inner)
  inner.on('response', headers => {
    if (outer.destroyed) return
    const answer = { ':status': headers[':status'], ...headersOnly(headers) }
    if (headers['grpc-status'] !== undefined) {
      outer.respond(answer, { endStream: true })
      return
    }
    outer.respond(answer, { waitForTrailers: true })
    outer.on('wantTrailers', () => outer.sendTrailers(headersOnly(trailers)))
    inner.pipe(outer)
  })
  inner.on('trailers', given => {
    trailers = given
  })
  inner.on('error', () => outer.close())
  outer.on('close', () => inner.close())
}

/** Keeps only the pseudo headers that a request needs. */
function headersOnly(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const needed = new Set([':method', ':path', ':scheme'])
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':') || needed.has(name)))
}
