import { NETWORK_ERRORS, systemCode } from './networkErrors.ts'

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
const BODY_ERRORS: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: 'the compressed body was cut',
  Z_DATA_ERROR: 'the compressed body is damaged',
}

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
  return new TransportFailure(NETWORK_ERRORS[code] ?? BODY_ERRORS[code] ?? message, { sent, code }, error)
}
