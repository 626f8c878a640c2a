// The tunnel through an HTTP proxy: CONNECT, for https and http alike, so that the proxy sees no request and no record.
// Hand-written, since https-proxy-agent returns the answer of a proxy that rejects CONNECT as if the org had sent it.
import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { type AgentOptions, Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TransportFailure, toTransportFailure } from './networkErrors.ts'
import type { Secret } from './secret.ts'

export type HttpProxy = {
  /** An origin: `http://proxy.acme.com:3128`. */
  readonly origin: string
  /** The value of the Proxy-Authorization header. */
  readonly authorization?: Secret
}

/**
 * Milliseconds for one of several addresses of a host. Node's own choice of 250 gives up on slow links, and where one address has no route. This one leaves time
 * for one repetition of the first packet, and for the other addresses.
 */
export const ADDRESS_TIMEOUT = 2_500

type Established = (error: Error | null, stream: Duplex) => void

type Target = { readonly host?: string | null | undefined; readonly port?: number | string | null | undefined }

export class TunnelHttpAgent extends HttpAgent {
  readonly #proxy: HttpProxy

  constructor(proxy: HttpProxy, options: AgentOptions) {
    super(options)
    this.#proxy = proxy
  }

  override createConnection(target: Target, established: Established): undefined {
    openTunnel(this.#proxy, target, established)
  }
}

export class TunnelHttpsAgent extends HttpsAgent {
  readonly #proxy: HttpProxy

  constructor(proxy: HttpProxy, options: AgentOptions) {
    super(options)
    this.#proxy = proxy
  }

  override createConnection(target: Target, established: Established): undefined {
    openTunnel(this.#proxy, target, (error, socket) => {
      if (error) return established(error, socket)
      const secured = super.createConnection({ ...target, socket: socket as Socket } as AgentOptions)
      established(null, secured as Duplex)
    })
  }
}

/** Hands over a socket that leads to the target, or a TransportFailure that names the proxy. */
function openTunnel(proxy: HttpProxy, target: Target, established: Established): void {
  // node's callback has no form for a failure alone.
  const failed = (error: Error) => established(error, undefined as unknown as Duplex)
  const request = connectRequest(proxy, target)
  // Not by a signal: it would end the tunnel too.
  const timer = setTimeout(() => request.destroy(new Error('no answer')), TUNNEL_TIMEOUT)
  request.on('close', () => clearTimeout(timer))
  request.on('connect', (answer, socket) => {
    clearTimeout(timer)
    if (answer.statusCode === 200) return established(null, socket)
    socket.destroy()
    failed(rejectedBy(proxy, answer))
  })
  // A server that is not a proxy answers as to any other request.
  request.on('response', answer => {
    request.destroy()
    failed(rejectedBy(proxy, answer))
  })
  request.on('error', error => {
    const { code, message } = toTransportFailure(error, false)
    failed(new TransportFailure(`the proxy ${hostOf(proxy)}: ${message}`, { sent: false, code, proxy: true }, error))
  })
  request.end()
}

/** Milliseconds that a proxy may take to reach the org; the request that waits for it gives up earlier. */
const TUNNEL_TIMEOUT = 20_000

function connectRequest({ origin, authorization }: HttpProxy, target: Target): ClientRequest {
  const { protocol, hostname, port } = new URL(origin)
  const path = `${target.host?.includes(':') ? `[${target.host}]` : target.host}:${target.port}`
  const headers = { host: path, ...(authorization && { 'proxy-authorization': authorization.reveal() }) }
  const bare = hostname.replace(/^\[(.*)\]$/, '$1')
  const given = {
    method: 'CONNECT',
    host: bare,
    path,
    headers,
    agent: false,
    autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT,
  }
  return protocol === 'https:'
    ? httpsRequest({ ...given, port: port || 443 })
    : httpRequest({ ...given, port: port || 80 })
}

function rejectedBy(proxy: HttpProxy, { statusCode = 0, statusMessage = '' }: IncomingMessage): TransportFailure {
  const answered = `${statusCode} ${statusMessage}`.trim()
  const facts = { sent: false, code: `PROXY_${statusCode}`, proxy: true }
  return new TransportFailure(`the proxy ${hostOf(proxy)} answered ${answered}`, facts)
}

const hostOf = ({ origin }: HttpProxy): string => new URL(origin).host
