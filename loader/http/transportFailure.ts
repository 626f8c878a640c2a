type TransportFacts = { readonly sent: boolean; readonly code: string; readonly proxy?: boolean }

/** What went wrong below HTTP, and how far the request had come. Internal: errors.ts has what callers see. */
export class TransportFailure extends Error {
  override readonly name = 'TransportFailure' as const
  /** False: not a byte of the request had left, so it cannot have been applied. */
  readonly sent: boolean
  readonly code: string
  /** Whether a proxy in between is what failed. */
  readonly proxy: boolean

  constructor(message: string, facts: TransportFacts, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.sent = facts.sent
    this.code = facts.code
    this.proxy = facts.proxy ?? false
  }
}

/** Words for the system's codes; whatever is not listed is shown by its own message. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  ETIMEDOUT: 'the connection timed out',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the network',
  Z_BUF_ERROR: 'the compressed body was cut',
  Z_DATA_ERROR: 'the compressed body is damaged',
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'UNKNOWN'
  if ('code' in error && typeof error.code === 'string') return error.code
  // Node tries every address of a host; the first failure speaks for all.
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return 'UNKNOWN'
}

/** Node's own error in our terms. Such errors hold code, address and port, never headers or bodies. */
export function toTransportFailure(error: unknown, sent: boolean): TransportFailure {
  if (error instanceof TransportFailure) return error
  const code = codeOf(error)
  const said = error instanceof Error ? error.message : String(error)
  return new TransportFailure(WORDS[code] ?? said, { sent, code }, error)
}
