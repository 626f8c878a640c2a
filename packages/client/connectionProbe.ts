// Probes the connection to Temporal: TCP, and the TLS handshake on it.
import { connect as connectPlain, isIP } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { TemporalSettings } from './settings.ts'

/** Milliseconds. */
const PROBE_TIMEOUT = 3_000
/** Milliseconds. In TLS 1.3 a server rejects a client's certificate after the handshake. */
const AFTER_HANDSHAKE = 500

/** Host and port, and the name that the server's certificate must be for. */
export function endpointOf({ address, connectionOptions: { tls } }: TemporalSettings) {
  const { hostname, port } = new URL(`tcp://${address}`)
  const host = hostname.replace(/^\[|\]$/g, '')
  const name = (typeof tls === 'object' && tls?.serverNameOverride) || host
  return { host, port: Number(port || 7233), name }
}

/**
 * Resolves to Node's error code, undefined when the connection is established.
 * @param verifies whether the server's certificate is checked
 */
export function probeTls(settings: TemporalSettings, verifies: boolean): Promise<string | undefined> {
  const { tls } = settings.connectionOptions
  const { host, port, name } = endpointOf(settings)
  const { serverRootCACertificate: ca, clientCertPair } = typeof tls === 'object' && tls ? tls : {}
  return codeOf(() => {
    const socket = connectTls({
      host,
      port,
      ...(isIP(name) ? {} : { servername: name }),
      ALPNProtocols: ['h2'],
      rejectUnauthorized: verifies,
      ...(ca === undefined ? {} : { ca: Buffer.from(ca) }),
      ...(clientCertPair === undefined
        ? {}
        : { cert: Buffer.from(clientCertPair.crt), key: Buffer.from(clientCertPair.key) }),
    })
    return { socket, event: 'secureConnect', wait: AFTER_HANDSHAKE }
  })
}

/** Resolves to Node's error code, undefined when something listens. */
export function probeTcp(settings: TemporalSettings): Promise<string | undefined> {
  const { host, port } = endpointOf(settings)
  return codeOf(() => ({ socket: connectPlain(port, host), event: 'connect', wait: 0 }))
}

type Attempt = { readonly socket: ReturnType<typeof connectPlain>; readonly event: string; readonly wait: number }

function codeOf(open: () => Attempt): Promise<string | undefined> {
  return new Promise(resolve => {
    try {
      const { socket, event, wait } = open()
      const end = (code: string | undefined) => {
        clearTimeout(timer)
        socket.destroy()
        resolve(code)
      }
      const timer = setTimeout(() => end('ETIMEDOUT'), PROBE_TIMEOUT)
      socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
      socket.on(event, () => {
        socket.on('close', () => end('ECONNRESET'))
        setTimeout(() => end(undefined), wait)
      })
    } catch (error) {
      resolve(error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error))
    }
  })
}
