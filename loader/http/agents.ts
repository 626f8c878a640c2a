import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { ADDRESS_TIMEOUT, type HttpProxy, TunnelHttpAgent, TunnelHttpsAgent } from './proxyTunnel.ts'

export type HttpRoute = {
  readonly agent: HttpAgent
  /** Origin of the proxy in between. */
  readonly proxy?: string
}

/** The route to an address. Agents are cached, so that sockets are reused. */
export type HttpRoutes = (url: URL) => HttpRoute

/** The proxy for an address; undefined for a direct connection. */
export type ProxyChoice = (url: URL) => HttpProxy | undefined

/**
 * Milliseconds that an idle socket is kept: less than edges wait before they close theirs, because a write on a socket that is being closed
 * has an unknown outcome.
 */
const IDLE_TIMEOUT = 4_000

/** Sockets are kept for the next request; idle ones do not keep the process alive. */
const KEPT = { keepAlive: true, timeout: IDLE_TIMEOUT, autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT }

export function createRoutes(proxyFor: ProxyChoice = () => undefined): HttpRoutes {
  const routes = new Map<string, HttpRoute>()
  return url => {
    const proxy = proxyFor(url)
    const key = `${url.protocol}${proxy?.origin ?? ''}`
    const route = routes.get(key) ?? { agent: agentTo(url, proxy), ...(proxy && { proxy: proxy.origin }) }
    routes.set(key, route)
    return route
  }
}

function agentTo({ protocol }: URL, proxy: HttpProxy | undefined): HttpAgent {
  if (proxy === undefined) return protocol === 'https:' ? new HttpsAgent(KEPT) : new HttpAgent(KEPT)
  return protocol === 'https:' ? new TunnelHttpsAgent(proxy, KEPT) : new TunnelHttpAgent(proxy, KEPT)
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** Whether a URL's hostname is this machine. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname)
}
