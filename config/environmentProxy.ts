// The proxy of the environment, chosen as curl chooses it.
import { BlockList, isIP } from 'node:net'

type Environment = Readonly<Record<string, string | undefined>>

/** A variable in lower case wins over one in upper case; an empty one counts as not set. */
const variable = (environment: Environment, name: string): string | undefined =>
  environment[name.toLowerCase()] || environment[name.toUpperCase()] || undefined

/**
 * The address of the proxy for a URL by `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy`, in either case; undefined for a direct connection. An address
 * without a scheme is one of an HTTP proxy.
 * @see https://everything.curl.dev/usingcurl/proxies/env.html
 */
export function environmentProxy(url: URL, environment: Environment): string | undefined {
  if (isExempt(url, variable(environment, 'no_proxy') ?? '')) return undefined
  const name = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy'
  const address = variable(environment, name) ?? variable(environment, 'all_proxy')
  return address === undefined || address.includes('://') ? address : `http://${address}`
}

/**
 * Whether a URL needs no proxy. The list is separated by commas or blanks; `*` matches every host. A name matches itself and the names below it,
 * with or without a dot before it, whatever the letter case; an address matches itself, or the network `10.0.0.0/8`. As other programs do, an entry may also name a
 * port, and may begin with `*.`.
 */
function isExempt(url: URL, list: string): boolean {
  const host = plainHost(url.hostname)
  const port = url.port === '' ? DEFAULT_PORTS[url.protocol === 'https:' ? 'https:' : 'http:'] : url.port
  return list.split(/[\s,]+/).some(entry => {
    if (entry === '*') return true
    const { name, port: wanted } = parsedEntry(entry)
    if (name === '' || (wanted !== undefined && wanted !== port)) return false
    return isIP(host) === 0 ? isBelow(host, name) : isInNetwork(host, name)
  })
}

const DEFAULT_PORTS = { 'http:': '80', 'https:': '443' } as const

/** In lower case, without the brackets of an IPv6 address and without the dot that ends a full name. */
const plainHost = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')

/** `[::1]:8080`, `acme.com:8080`; a bare IPv6 address has no port. */
const WITH_PORT = /^(\[[^\]]*\]|[^:]*):(\d{1,5})$/

function parsedEntry(entry: string): { readonly name: string; readonly port: string | undefined } {
  const [, host = entry, port] = WITH_PORT.exec(entry) ?? []
  return { name: plainHost(host).replace(/^\*?\.?/, ''), port }
}

const isBelow = (host: string, name: string): boolean => host === name || host.endsWith(`.${name}`)

function isInNetwork(host: string, entry: string): boolean {
  const [address = '', bits] = entry.split('/', 2)
  const family = isIP(address)
  if (family === 0 || family !== isIP(host)) return false
  const kind = family === 4 ? 'ipv4' : 'ipv6'
  const longest = family === 4 ? 32 : 128
  const prefix = bits === undefined ? longest : Number(bits)
  if (!/^\d{1,3}$/.test(bits ?? '0') || prefix > longest) return false
  const network = new BlockList()
  network.addSubnet(address, prefix, kind)
  return network.check(host, kind)
}
