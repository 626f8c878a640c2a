import type { TransportFailure } from '../http/networkErrors.ts'
import { type RequestFacts, UnreachableError } from './errors.ts'

/** Failures before sending that a retry may fix. A wrong host name or certificate, or a silent host, does not change within seconds. */
const PASSING_CODES: readonly string[] = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'PROXY_502',
  'PROXY_503',
  'PROXY_504',
]

const ADVICE: Readonly<Record<string, string>> = {
  ENOTFOUND: 'Check the host in loginUrl and instanceUrl',
  ECONNREFUSED: 'Check host and port, and that it runs',
}

const PROXY_ADVICE: Readonly<Record<string, string>> = {
  PROXY_407: "Check user and password in the connection's proxy, or in HTTPS_PROXY",
  PROXY_403:
    'Let an admin of the proxy allow CONNECT to this host, or go without it: proxy: none, or the host in NO_PROXY',
}

const GENERAL_PROXY_ADVICE =
  "Check the connection's proxy, or HTTPS_PROXY, and that the proxy runs; a host that needs none goes into NO_PROXY"

const GENERAL_ADVICE = 'Check loginUrl, the network, and any proxy or certificate between here and the org'

export const isPassing = (failure: { readonly code: string }): boolean => PASSING_CODES.includes(failure.code)

/** A failure before anything was sent, in words for the user. */
export function unreachable(facts: RequestFacts, url: URL, failure: TransportFailure): UnreachableError {
  const advice = failure.proxy
    ? (PROXY_ADVICE[failure.code] ?? GENERAL_PROXY_ADVICE)
    : (ADVICE[failure.code] ?? GENERAL_ADVICE)
  return new UnreachableError(
    { ...facts, host: url.host, reason: failure.message, code: failure.code, advice },
    failure.cause,
  )
}
