import { getProxyForUrl } from 'proxy-from-env'
import type { ProxyChoice } from '../loader/http/agents.ts'
import type { HttpProxy } from '../loader/http/proxyTunnel.ts'
import { Secret } from '../loader/http/secret.ts'
import { isProxyAddress, NO_PROXY } from './connectionSchema.ts'
import { EnvironmentError } from './problems.ts'

/**
 * The proxy of a connection: the written one, else that of HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY. An org on this
 * machine is an emulated org, which the environment's proxy cannot reach.
 * The choice throws EnvironmentError when the environment names a proxy that is not valid.
 */
export function proxyChoice(written: string | undefined): ProxyChoice {
  if (written === NO_PROXY) return () => undefined
  if (written !== undefined) {
    const proxy = proxyAt(written)
    return () => proxy
  }
  return url => (LOOPBACK.test(url.hostname) ? undefined : proxyOfEnvironment(url))
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

function proxyOfEnvironment(url: URL): HttpProxy | undefined {
  const address = getProxyForUrl(url.href)
  if (address === '') return undefined
  if (isProxyAddress(address)) return proxyAt(address)
  throw new EnvironmentError(
    `The proxy of the environment for ${url.host} cannot be used: it is not an http: or https: URL of a proxy. ` +
      'Set HTTPS_PROXY like http://user:password@proxy.acme.com:3128 (percent-encode special characters), or name the host in NO_PROXY',
  )
}

function proxyAt(address: string): HttpProxy {
  const { origin, username, password } = new URL(address)
  if (username === '' && password === '') return { origin }
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { origin, authorization: new Secret(`Basic ${Buffer.from(pair).toString('base64')}`) }
}
