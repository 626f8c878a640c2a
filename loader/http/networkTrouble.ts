// What a failure below HTTP means to a person: names, connections, certificates.
import type { Trouble } from '../storage/s3Trouble.ts'

const UNREACHABLE: readonly string[] = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'ERR_STREAM_PREMATURE_CLOSE',
  'TimeoutError',
]

const TLS = /^(?:CERT_|ERR_TLS_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_SSL_)|^(?:HOSTNAME_MISMATCH|INVALID_CA|EPROTO)$/

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses the connection',
  ENOTFOUND: 'has a host name that nobody knows',
  EAI_AGAIN: 'has a host name that can’t be looked up now',
  ECONNRESET: 'cut the connection',
  EPIPE: 'cut the connection',
  ERR_STREAM_PREMATURE_CLOSE: 'cut the connection',
  CERT_HAS_EXPIRED: 'shows a certificate that has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'shows a certificate for another host',
  EPROTO: 'does not speak TLS as it should',
}

/**
 * undefined when the error is of another kind.
 * @param peer as a message calls it: the S3 server
 * @param setting what to look at: AWS_ENDPOINT_URL_S3 and the network
 */
export function networkTrouble(error: unknown, peer: string, setting: string): Trouble | undefined {
  const code = networkCode(error)
  if (code === undefined) return undefined
  if (UNREACHABLE.includes(code)) {
    const reason = `${peer} ${REASONS[code] ?? 'does not answer'}`
    return { code, reason, advice: `It is tried again; if it lasts, check ${setting}.`, passing: true }
  }
  const reason = `${peer} ${REASONS[code] ?? 'shows a certificate that this machine does not trust'}`
  const advice =
    code === 'CERT_HAS_EXPIRED'
      ? 'Have it renewed.'
      : `Check ${setting}; for a certificate authority of your own set NODE_EXTRA_CA_CERTS to its file.`
  return { code, reason, advice, passing: false }
}

/** The code of an error below HTTP, wherever it is wrapped. */
function networkCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause
  const names = ['code' in error ? error.code : undefined, error.name]
  const code = names.find(
    (name): name is string => typeof name === 'string' && (UNREACHABLE.includes(name) || TLS.test(name)),
  )
  return code ?? (inner === error ? undefined : networkCode(inner))
}
