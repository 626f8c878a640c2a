// Why Temporal can't be reached. Its clients report little, so the connection is probed step by step.
import { X509Certificate } from 'node:crypto'
import { connect as connectHttp2 } from 'node:http2'
import { connect as connectPlain, isIP } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { TemporalSettings } from './settings.ts'

/** What failed and what to do about it, without full stops. */
type Problem = { readonly reason: string; readonly remedy: string }

const CA = 'TEMPORAL_TLS_SERVER_CA_CERT_PATH'
const CLIENT = 'TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH'
const START = 'Start it (on one machine: sflink up), or set TEMPORAL_ADDRESS'

/**
 * One line: what failed and what to do.
 * @param answer error message of the client that could not connect
 */
export async function unreachableLine(settings: TemporalSettings, answer: string): Promise<string> {
  const problem = keyProblem(answer) ??
    (await knownProblem(settings)) ??
    otherServer(answer) ?? { reason: answer.split('\n')[0]?.replace(/\.$/, '') ?? '', remedy: START }
  return line(settings, problem)
}

/** The same without an answer of the client; undefined when nothing is wrong that can be seen from outside. */
export async function connectionLine(settings: TemporalSettings): Promise<string | undefined> {
  const problem = await knownProblem(settings)
  return problem && line(settings, problem)
}

const line = ({ address }: TemporalSettings, { reason, remedy }: Problem): string =>
  `Temporal cannot be reached at ${address}: ${reason}. ${remedy}`

const knownProblem = async (settings: TemporalSettings): Promise<Problem | undefined> =>
  clientCertificateProblem(settings) ?? (await connectionProblem(settings))

/** An HTTP/2 server answers a call of gRPC that it does not know with a status of HTTP or UNIMPLEMENTED. */
function otherServer(answer: string): Problem | undefined {
  return /HTTP status code|content-type|UNIMPLEMENTED/i.test(answer) ? OTHER_SERVER : undefined
}

const OTHER_SERVER: Problem = {
  reason: 'something other than Temporal answers there',
  remedy: "Set TEMPORAL_ADDRESS to its gRPC port, usually 7233; 8233 and 8080 are ports of Temporal's UI",
}

function keyProblem(answer: string): Problem | undefined {
  if (!/unauthenticated|unauthorized|valid authentication credentials|permission/i.test(answer)) return undefined
  return {
    reason: 'it rejects these credentials',
    remedy:
      'Check TEMPORAL_API_KEY (or api_key of the profile), and that the key is for this namespace and has not expired',
  }
}

function clientCertificateProblem({ connectionOptions: { tls } }: TemporalSettings): Problem | undefined {
  if (typeof tls !== 'object' || !tls?.clientCertPair) return undefined
  const { crt } = tls.clientCertPair
  try {
    const { validToDate, subject } = new X509Certificate(crt)
    if (validToDate > new Date()) return undefined
    return {
      reason: `the client certificate (${subject}) expired on ${validToDate.toISOString().slice(0, 10)}`,
      remedy: `Renew it and name the new one by ${CLIENT}`,
    }
  } catch {
    return { reason: 'the client certificate is not in PEM form', remedy: `Check ${CLIENT}` }
  }
}

async function connectionProblem(settings: TemporalSettings): Promise<Problem | undefined> {
  const { tls } = settings.connectionOptions
  const withTls = tls !== undefined && tls !== null && tls !== false
  const code = await (withTls ? probeTls(settings, true) : probeTcp(settings))
  if (!withTls && code === 'ECONNRESET') return OTHER_SERVER
  if (code !== undefined) return problemOf(code, settings)
  if (withTls) return undefined
  const [http2, encrypted] = await Promise.all([speaksHttp2(settings), speaksTls(settings)])
  if (http2) return undefined
  return encrypted ? TLS_REQUIRED : OTHER_SERVER
}

const TLS_REQUIRED: Problem = {
  reason: 'it accepts TLS connections only',
  remedy: `Set TEMPORAL_TLS=true, with ${CA} when its certificate is signed by an authority of your own`,
}

const speaksTls = async (settings: TemporalSettings) => (await probeTls(settings, false)) === undefined

/** Problems by code of Node: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
function problemOf(code: string, settings: TemporalSettings): Problem | undefined {
  const { name } = endpointOf(settings)
  if (code === 'CERT_HAS_EXPIRED') {
    return {
      reason: "the server's certificate has expired",
      remedy: 'Renew it on the server; nothing needs to change here',
    }
  }
  if (/^(UNABLE_TO_|SELF_SIGNED_CERT|DEPTH_ZERO)/.test(code)) {
    return {
      reason: "the server's certificate is signed by an unknown authority",
      remedy: `Name the authority's certificate by ${CA}`,
    }
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return {
      reason: `the server's certificate is not for ${name}`,
      remedy:
        'Set TEMPORAL_ADDRESS to the name it is for, or TEMPORAL_TLS_SERVER_NAME when that name does not lead there',
    }
  }
  if (/ALERT|ECONNRESET|EPIPE/.test(code)) return clientRejected(settings)
  if (/WRONG_VERSION|EPROTO|PACKET_LENGTH|RECORD/.test(code)) {
    return {
      reason: 'it does not speak TLS',
      remedy: 'Unset TEMPORAL_TLS and the other TLS settings, or set another TEMPORAL_ADDRESS',
    }
  }
  if (/KEY_VALUES_MISMATCH/.test(code)) {
    return { reason: 'the client certificate and its key do not belong together', remedy: `Check ${CLIENT}` }
  }
  if (code === 'ECONNREFUSED') return { reason: 'nothing listens there', remedy: START }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return { reason: `the name ${name} is not known`, remedy: 'Check TEMPORAL_ADDRESS' }
  if (code === 'ETIMEDOUT')
    return { reason: 'there is no answer', remedy: 'Check TEMPORAL_ADDRESS and the firewalls on the way' }
  return undefined
}

function clientRejected({ connectionOptions: { tls } }: TemporalSettings): Problem {
  return typeof tls === 'object' && tls?.clientCertPair !== undefined
    ? {
        reason: 'the server rejects the client certificate',
        remedy: `Name one signed by an authority that the server knows, by ${CLIENT}`,
      }
    : { reason: 'the server asks for a client certificate (mTLS)', remedy: `Name one by ${CLIENT}` }
}

/** Milliseconds. */
const PROBE_TIMEOUT = 3_000
/** Milliseconds. In TLS 1.3 a server rejects a client's certificate after the handshake. */
const AFTER_HANDSHAKE = 500

/** Host and port, and the name that the server's certificate must be for. */
function endpointOf({ address, connectionOptions: { tls } }: TemporalSettings) {
  const { hostname, port } = new URL(`tcp://${address}`)
  const host = hostname.replace(/^\[|\]$/g, '')
  const name = (typeof tls === 'object' && tls?.serverNameOverride) || host
  return { host, port: Number(port || 7233), name }
}

/**
 * Resolves to Node's error code, undefined when the connection is established.
 * @param verifies whether the server's certificate is checked
 */
function probeTls(settings: TemporalSettings, verifies: boolean): Promise<string | undefined> {
  const { tls } = settings.connectionOptions
  const { host, port, name } = endpointOf(settings)
  const { serverRootCACertificate: ca, clientCertPair } = typeof tls === 'object' && tls ? tls : {}
  return codeOf(() => {
    const socket = connectTls({
      host,
      port,
      ...(isIP(name) ? {} : { servername: name }),
      ALPNProtocols: ['h2'],
      rejectUnauthorized: verifies,
      ...(ca === undefined ? {} : { ca: Buffer.from(ca) }),
      ...(clientCertPair === undefined
        ? {}
        : { cert: Buffer.from(clientCertPair.crt), key: Buffer.from(clientCertPair.key) }),
    })
    return { socket, event: 'secureConnect', wait: AFTER_HANDSHAKE }
  })
}

/** Whether the server begins as every gRPC server without TLS does: with its HTTP/2 settings. */
function speaksHttp2(settings: TemporalSettings): Promise<boolean> {
  const { host, port } = endpointOf(settings)
  return new Promise(resolve => {
    const session = connectHttp2(`http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`)
    const end = (speaks: boolean) => {
      clearTimeout(timer)
      session.destroy()
      resolve(speaks)
    }
    const timer = setTimeout(() => end(false), PROBE_TIMEOUT)
    session.on('remoteSettings', () => end(true))
    session.on('error', () => end(false))
    session.on('close', () => end(false))
  })
}

/** Resolves to Node's error code, undefined when something listens. */
function probeTcp(settings: TemporalSettings): Promise<string | undefined> {
  const { host, port } = endpointOf(settings)
  return codeOf(() => ({ socket: connectPlain(port, host), event: 'connect', wait: 0 }))
}

type Attempt = { readonly socket: ReturnType<typeof connectPlain>; readonly event: string; readonly wait: number }

function codeOf(open: () => Attempt): Promise<string | undefined> {
  return new Promise(resolve => {
    try {
      const { socket, event, wait } = open()
      const end = (code: string | undefined) => {
        clearTimeout(timer)
        socket.destroy()
        resolve(code)
      }
      const timer = setTimeout(() => end('ETIMEDOUT'), PROBE_TIMEOUT)
      socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
      socket.on(event, () => {
        socket.on('close', () => end('ECONNRESET'))
        setTimeout(() => end(undefined), wait)
      })
    } catch (error) {
      resolve(error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error))
    }
  })
}
