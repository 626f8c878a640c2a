import { isLoopback } from '../../http/agents.ts'
import { Secret } from '../../http/secret.ts'

/** How a connection is encrypted, in the words of PostgreSQL: https://www.postgresql.org/docs/current/libpq-ssl.html */
const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const
type SslMode = (typeof SSL_MODES)[number]

/** Where a database is and who reads it. */
export type DatabaseAddress = {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  /** Blank when the server needs none. */
  readonly password: Secret
  readonly sslMode: SslMode
}

/** A database of the configuration. */
export type DatabaseSettings = DatabaseAddress & {
  /** The name under `databases`. */
  readonly name: string
  /** Certificates in PEM that replace those that Node trusts. */
  readonly caCertificate?: string
  /** Milliseconds. */
  readonly connectTimeout: number
  /** Milliseconds that the server may take until the first rows, and for each part of the rows. */
  readonly statementTimeout: number
}

const DEFAULT_PORT = 5432

/** Parameters of a URL that have a meaning here. */
const PARAMETERS: readonly string[] = ['sslmode', 'channel_binding']

const EXAMPLE = 'write it like postgresql://user:password@host:5432/database?sslmode=verify-full'

/** The parts of `postgresql://user:password@host:5432/database`. No problem shows a part of the URL that may hold a secret. */
export function readDatabaseUrl(url: string): DatabaseAddress | { readonly problem: string } {
  if (!/^postgres(?:ql)?:\/\//i.test(url) || !URL.canParse(url)) {
    return {
      problem: `is not a valid URL of a PostgreSQL database; ${EXAMPLE}, with special characters of the password percent-encoded (@ as %40, # as %23, / as %2F)`,
    }
  }
  const { hostname, port, pathname, hash, searchParams, username, password } = new URL(url)
  const [user, secret, database] = [username, password, pathname.slice(1)].map(decoded)
  if (user === undefined || secret === undefined || database === undefined || hash !== '') {
    return { problem: `has a special character that is not percent-encoded (% as %25, # as %23); ${EXAMPLE}` }
  }
  const part = { host: hostname, user, database }
  const missing = Object.entries(part).find(([, value]) => value === '')?.[0]
  if (missing !== undefined) return { problem: `names no ${missing}; ${EXAMPLE}` }
  if (database.includes('/')) return { problem: `has a "/" in the name of the database; ${EXAMPLE}` }
  const host = hostname.replace(/^\[|\]$/g, '')
  const mode = sslModeOf(hostname, searchParams)
  if ('problem' in mode) return mode
  return { ...part, host, port: Number(port || DEFAULT_PORT), password: new Secret(secret), ...mode }
}

function sslModeOf(
  hostname: string,
  parameters: URLSearchParams,
): { readonly sslMode: SslMode } | { readonly problem: string } {
  const unknown = [...parameters.keys()].find(key => !PARAMETERS.includes(key))
  if (unknown !== undefined) {
    const advice = unknown === 'sslrootcert' ? '; name the file in caCertificate beside the url' : ''
    return { problem: `has the parameter ${unknown}; allowed: ${PARAMETERS.join(', ')}${advice}` }
  }
  const written = parameters.get('sslmode')
  // A certificate that is checked protects at least as much.
  const sslMode = parameters.get('channel_binding') === 'require' ? 'verify-full' : (written ?? defaultMode(hostname))
  const known = SSL_MODES.find(mode => mode === sslMode)
  if (known !== undefined) return { sslMode: known }
  const allowed = `sslmode has to be one of ${SSL_MODES.join(', ')}`
  if (sslMode === 'prefer' || sslMode === 'allow') {
    return { problem: `has sslmode=${sslMode}, which may send everything unencrypted; ${allowed}` }
  }
  return { problem: `has an sslmode that does not exist; ${allowed}` }
}

/** Nothing leaves this machine on the way to a local server, and few have a certificate. */
const defaultMode = (hostname: string): SslMode => (isLoopback(hostname) ? 'disable' : 'verify-full')

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
