// Describes failures below HTTP: names, connections, certificates.

/** What a server or the network reports. */
export type ServerProblem = {
  /** The code of S3, Node or the SDK. */
  readonly code: string
  readonly reason: string
  /** What to do next: a sentence. */
  readonly advice: string
  /** Whether a retry may succeed without a change by a person. */
  readonly transient: boolean
}

/** Description of each code of the system and of Node. A code that is not listed is shown by the error's own message. */
const NETWORK_ERRORS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ECONNREFUSED: 'the connection was refused',
    ECONNRESET: 'the connection was cut',
    EPIPE: 'the connection was cut',
    ERR_STREAM_PREMATURE_CLOSE: 'the connection was cut',
    ETIMEDOUT: 'the connection timed out',
    TimeoutError: 'the connection timed out',
    ENOTFOUND: 'the host name is not known',
    EAI_AGAIN: 'the host name could not be looked up',
    EHOSTUNREACH: 'there is no route to the host',
    ENETUNREACH: 'there is no route to the network',
    EADDRNOTAVAIL: 'this machine has no free address or port',
  }),
)

/** Description of a TLS failure, which a retry does not fix. */
const TLS_ERRORS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    CERT_HAS_EXPIRED: 'its certificate has expired',
    ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
    EPROTO: 'it does not speak TLS correctly',
    ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS correctly',
    ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS correctly',
  }),
)

/** Description of a TLS failure; undefined for another code, and for one of OpenSSL that is not listed. */
export function tlsReason(code: string): string | undefined {
  const isTrust = TLS.test(code) && !code.startsWith('ERR_SSL_')
  return TLS_ERRORS.get(code) ?? (isTrust ? 'this machine does not trust its certificate' : undefined)
}

const TLS = /^(?:CERT_|ERR_TLS_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_SSL_)|^(?:HOSTNAME_MISMATCH|INVALID_CA|EPROTO)$/

/**
 * Describes a failure below HTTP; undefined when the error is of another kind.
 * @param peer the name of the server in messages: `the S3 server`
 * @param setting what to check: `AWS_ENDPOINT_URL_S3 and the network`
 */
export function networkProblem(error: unknown, peer: string, setting: string): ServerProblem | undefined {
  const code = networkCode(error)
  if (code === undefined) return undefined
  const words = NETWORK_ERRORS.get(code)
  if (words !== undefined) {
    const reason = `the request to ${peer} failed: ${words}`
    return { code, reason, advice: `It is retried; if it persists, check ${setting}.`, transient: true }
  }
  const reason = `the TLS connection to ${peer} failed: ${tlsReason(code) ?? TLS_ERRORS.get('EPROTO')}`
  const advice =
    code === 'CERT_HAS_EXPIRED'
      ? 'Renew the certificate.'
      : `Check ${setting}; for a private certificate authority set NODE_EXTRA_CA_CERTS to its file.`
  return { code, reason, advice, transient: false }
}

/** The code of an error below HTTP, wherever it is wrapped. */
function networkCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause
  const names = [systemCode(error), error.name]
  const code = names.find(name => name !== undefined && (NETWORK_ERRORS.has(name) || TLS.test(name)))
  return code ?? (inner === error ? undefined : networkCode(inner))
}

/** The code that Node or the operating system gives an error, such as ENOENT. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

type TransportFacts = { readonly sent: boolean; readonly code: string; readonly proxy?: boolean }

/** Thrown when an exchange fails below HTTP. Stays inside the client: loader/salesforce/errors.ts has the errors that callers see. */
export class TransportFailure extends Error {
  override readonly name = 'TransportFailure' as const
  /** False when no byte of the request was sent, so it cannot have been applied. */
  readonly sent: boolean
  readonly code: string
  /** Whether the proxy failed, not the server behind it. */
  readonly proxy: boolean

  constructor(message: string, facts: TransportFacts, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.sent = facts.sent
    this.code = facts.code
    this.proxy = facts.proxy ?? false
  }
}

/** Descriptions of zlib's codes. */
const BODY_ERRORS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    Z_BUF_ERROR: 'the compressed body was cut',
    Z_DATA_ERROR: 'the compressed body is damaged',
  }),
)

function codeOf(error: unknown): string {
  // Node tries every address of a host; the first failure represents all.
  const inner = error instanceof AggregateError ? systemCode(error.errors[0]) : undefined
  return systemCode(error) ?? inner ?? 'UNKNOWN'
}

/** Translates an error of Node. Such errors hold code, address and port, never headers or bodies. */
export function toTransportFailure(error: unknown, sent: boolean): TransportFailure {
  if (error instanceof TransportFailure) return error
  const code = codeOf(error)
  const message = error instanceof Error ? error.message : String(error)
  const words = NETWORK_ERRORS.get(code) ?? BODY_ERRORS.get(code) ?? tlsReason(code)
  return new TransportFailure(words ?? message.replaceAll(/\s+/g, ' ').trim(), { sent, code }, error)
}
