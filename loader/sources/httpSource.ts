import { get as getHttp, type IncomingMessage } from 'node:http'
import { get as getHttps } from 'node:https'
import type { SourceError } from '../csv/errors.ts'
import { networkProblem } from '../http/networkErrors.ts'
import { ADDRESS_TIMEOUT } from '../http/proxyTunnel.ts'
import { SteadyReader } from '../http/steadyReader.ts'
import { shownUri } from '../storage/uris.ts'
import { encodingProblem, isBrokenGzip, isPlain, unpacked } from './contentEncoding.ts'
import { outside, rejected, SourceUnreachableError, serverError } from './errors.ts'
import type { SourceBytes, SourcePlaces, SourceState } from './sourceReader.ts'
import { addressOfSource, isBelowOne, placeOfHttpUri } from './sourceUri.ts'

const MAX_REDIRECTS = 5

const PASSING_STATUSES: readonly number[] = [408, 425, 429]

/**
 * Opens a file of a web server below one of the `https:` data directories; redirects must stay below them.
 * Throws SourceFileError, or SourceUnreachableError when the error may be transient.
 */
export async function openHttpSource(uri: string, places: SourcePlaces, signal?: AbortSignal): Promise<SourceBytes> {
  const answer = await answerTo(uri, places, signal)
  const { 'content-encoding': encoding, 'content-length': length } = answer.headers
  const problem = encodingProblem(encoding)
  if (problem !== undefined) {
    answer.destroy()
    throw rejected(uri, 'encoding', problem, 'Configure the server to send it uncompressed or as gzip.')
  }
  if (isUnbounded(answer)) {
    answer.destroy()
    const unbounded = 'its server states neither its length nor its end, so a cut file could not be detected'
    throw rejected(uri, 'unbounded', unbounded, 'Configure the server to send Content-Length.')
  }
  return {
    description: shownUri(uri),
    bytes: isPlain(encoding) && length !== undefined ? Number(length) : undefined,
    stream: () => explained(uri, answer, encoding, signal),
  }
}

/**
 * Sends the same request as for reading and closes it after the headers, because presigned URLs allow no other request.
 * Throws SourceFileError, of kind `missing` when there is no such file, or SourceUnreachableError.
 */
export async function statHttpSource(uri: string, places: SourcePlaces, signal?: AbortSignal): Promise<SourceState> {
  const answer = await answerTo(uri, places, signal)
  answer.destroy()
  const { 'content-length': length, 'last-modified': modified, etag } = answer.headers
  const bytes = length === undefined ? undefined : Number(length)
  const time = modified === undefined ? Number.NaN : Date.parse(modified)
  const changedAt = Number.isNaN(time) ? undefined : time
  return { bytes, changedAt, version: etag ?? (changedAt === undefined ? undefined : `${changedAt}-${bytes}`) }
}

async function answerTo(
  uri: string,
  { dataDirectories }: SourcePlaces,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  let url = addressOfSource(uri)
  if (!isBelowOne(url, dataDirectories)) throw outside(uri, dataDirectories)
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const answer = await requestFile(url, signal).catch((error: unknown) => {
      throw signal?.aborted ? signal.reason : broken(uri, error)
    })
    if (answer.statusCode === 200) return answer
    answer.destroy()
    const { location } = answer.headers
    if (location === undefined || !isRedirect(answer.statusCode)) throw rejection(uri, answer.statusCode ?? 0)
    url = redirected(uri, url, location, dataDirectories)
  }
  const endless = `its server redirects more than ${MAX_REDIRECTS} times`
  throw rejected(uri, 'redirected', endless, 'Give its final address.')
}

const isRedirect = (status: number | undefined): boolean =>
  status !== undefined && [301, 302, 303, 307, 308].includes(status)

function redirected(uri: string, from: URL, location: string, allowed: readonly string[]): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from).href : location
  const place = placeOfHttpUri(to)
  if (!('problem' in place) && isBelowOne(place.url, allowed)) return place.url
  throw rejected(
    uri,
    'redirected',
    `its server redirects to ${shownUri(to)}, which is outside the data directories (allowed: ${allowed.join(', ')})`,
    'Give its final address, or add that location to dataDirectories in sflink.yaml.',
    allowed,
  )
}

function rejection(uri: string, status: number): SourceError {
  if (status === 404 || status === 410) {
    return rejected(uri, 'missing', `there is no such file (${status})`, 'Check the name, or export the file again.')
  }
  if (status === 401 || status === 403) {
    const advice = 'If its address is presigned, get a new one; else give this machine access on the server.'
    return rejected(uri, 'unreadable', `its server denies access (${status})`, advice)
  }
  if (status >= 500 || PASSING_STATUSES.includes(status)) {
    const advice = 'It is retried; if it persists, check the state of that server.'
    return new SourceUnreachableError(shownUri(uri), `its server answers ${status}. ${advice}`)
  }
  return rejected(uri, 'unreadable', `its server answers ${status}`, 'Open the address in a browser to see why.')
}

async function* explained(
  uri: string,
  answer: IncomingMessage,
  encoding: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* unpacked(new SteadyReader(signal).read(answer), encoding)
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (isBrokenGzip(error))
      throw rejected(uri, 'encoding', 'it is not a complete gzip file', 'Have it exported again.')
    throw broken(uri, error)
  }
  // Node ends a cut body with an error; this check does not depend on that.
  if (!answer.complete) throw broken(uri, Object.assign(new Error('cut'), { code: 'ECONNRESET' }))
}

function broken(uri: string, error: unknown): unknown {
  if (error instanceof SwitchedProtocolError) {
    return rejected(uri, 'unreadable', error.message, 'Check that the address is that of a file.')
  }
  const problem = networkProblem(error, 'its server', 'the host and the network')
  return problem === undefined ? error : serverError(uri, problem)
}

/** Milliseconds without a byte after which a server counts as unreachable. */
const IDLE_MS = 60_000

/** Milliseconds until an answer begins. A server may send a byte of its headers now and then, or interim answers without end. */
const ANSWER_MS = 120_000

class SwitchedProtocolError extends Error {
  override readonly name = 'SwitchedProtocolError' as const

  constructor() {
    super('its server switches to another protocol (101)')
  }
}

const timedOut = (what: string): Error => Object.assign(new Error(what), { code: 'ETIMEDOUT' })

const HEADERS = { accept: 'text/csv, */*;q=0.5', 'accept-encoding': 'identity', 'user-agent': 'salesforce-link' }

/** Resolves when the answer begins. Certificates are checked against those of Node and NODE_EXTRA_CA_CERTS. Throws Node's errors. */
function requestFile(url: URL, signal: AbortSignal | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const get = url.protocol === 'https:' ? getHttps : getHttp
    // A new connection: the server may close a reused one at the moment it is used.
    const options = {
      headers: HEADERS,
      agent: false,
      timeout: IDLE_MS,
      autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT,
    } as const
    const request = get(url, signal === undefined ? options : { ...options, signal })
    const timer = setTimeout(() => request.destroy(timedOut(`No answer within ${ANSWER_MS / 1000} s`)), ANSWER_MS)
    request.on('timeout', () => request.destroy(timedOut(`No byte for ${IDLE_MS / 1000} s`)))
    request.on('response', answer => {
      clearTimeout(timer)
      resolve(answer)
    })
    // Without a listener, Node closes the connection and reports nothing.
    request.on('upgrade', (_answer, socket) => {
      socket.destroy()
      reject(new SwitchedProtocolError())
    })
    request.on('error', reject)
    request.on('close', () => {
      clearTimeout(timer)
      // Has no effect once there was an answer or an error.
      reject(Object.assign(new Error('closed without an answer'), { code: 'ECONNRESET' }))
    })
  })
}

/** Whether only the connection ends the body, so that a cut looks like its end. */
const isUnbounded = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] === undefined && headers['transfer-encoding'] === undefined
