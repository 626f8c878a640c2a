// Node's own http, and neither fetch nor jsforce's transport, because (each seen on Node 24):
// - jsforce 3.10.26 pipes answers without an error listener: any cut body ends the process.
// - fetch accepts a gzip body that ends too soon within a well-formed answer as complete.
// - fetch gives up after 300 s without headers (a REST call may take 10 minutes), and does not report whether a request was sent.
import { type ClientRequest, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { pipeline, type Readable, Transform } from 'node:stream'
import type { HttpRoute, HttpRoutes } from './agents.ts'
import { TransportFailure, toTransportFailure } from './networkErrors.ts'

/** Milliseconds for DNS, TCP and TLS together: a host that is there answers in far less. */
const CONNECT_TIMEOUT = 15_000

/** The code of a request that its own `beforeSend` held back. */
export const HELD_BACK = 'HELD_BACK'

export type StreamedBody = {
  readonly stream: Readable
  readonly bytes: number
  /** Called whenever a part is sent. */
  readonly progress?: () => void
}

export type HttpCall = {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | StreamedBody
  /** Called when the connection is there, and awaited immediately before the first byte is sent. When it throws, nothing is sent. */
  readonly beforeSend?: () => void | Promise<void>
  /** Ends the exchange at any time, the reading of the body included. */
  readonly signal?: AbortSignal
}

/** Passes exactly `bytes` on and fails otherwise: a body cut short must be rejected, not accepted. */
function exactly({ bytes, progress }: StreamedBody): Transform {
  let seen = 0
  const wrong = () =>
    new RangeError(`The data to upload is not of the stated length: stated ${bytes} bytes, given ${seen}.`)
  return new Transform({
    transform(data: Buffer, _encoding, done) {
      seen += data.length
      if (seen > bytes) return done(wrong())
      progress?.()
      done(null, data)
    },
    flush(done) {
      done(seen < bytes ? wrong() : null)
    },
  })
}

/** Destroying a request that is answered does not end the reading of its answer. */
function endWith(signal: AbortSignal | undefined, answer: IncomingMessage): void {
  const abort = () => answer.destroy(new TransportFailure('aborted', { sent: true, code: 'ABORTED' }))
  signal?.addEventListener('abort', abort)
  answer.on('close', () => signal?.removeEventListener('abort', abort))
}

function headersOf(call: Pick<HttpCall, 'headers' | 'body'>): OutgoingHttpHeaders {
  if (call.body === undefined) return call.headers
  const bytes = typeof call.body === 'string' ? Buffer.byteLength(call.body) : call.body.bytes
  return { ...call.headers, 'content-length': bytes }
}

/** Limits the time to connect, and reports when the socket, and TLS on it, is ready. */
function watchConnecting(
  request: ClientRequest,
  ready: 'connect' | 'secureConnect',
  { proxy }: HttpRoute,
  connected: () => void,
): void {
  const timer = setTimeout(() => {
    const facts = { sent: false, code: 'CONNECT_TIMEOUT', proxy: proxy !== undefined }
    const through = proxy === undefined ? '' : ` through the proxy ${new URL(proxy).host}`
    request.destroy(new TransportFailure(`no connection${through} within ${CONNECT_TIMEOUT / 1000} s`, facts))
  }, CONNECT_TIMEOUT)
  const done = () => {
    clearTimeout(timer)
    connected()
  }
  request.on('socket', socket => {
    // A tunnel without TLS on it is connected when it comes.
    if (request.reusedSocket || (ready === 'connect' && !socket.connecting)) return done()
    socket.once(ready, done)
  })
  request.on('close', () => clearTimeout(timer))
}

function start({ url, method, ...call }: HttpCall, { agent }: HttpRoute): ClientRequest {
  const options = { method, headers: headersOf(call), agent }
  return url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options)
}

/**
 * Sends one request, follows no redirect, repeats nothing, and resolves when the answer's headers are there.
 * Throws TransportFailure when there is no answer (with the code HELD_BACK and the cause when `beforeSend` throws), and the stream's own error when
 * the data to upload cannot be read.
 */
export function sendHttp(routes: HttpRoutes, call: HttpCall): Promise<IncomingMessage> {
  const { signal, body } = call
  return new Promise((resolve, reject) => {
    let sent = false
    const givenUp = () => new TransportFailure('aborted', { sent, code: 'ABORTED' })
    if (signal?.aborted) return reject(givenUp())
    const route = routes(call.url)
    const request = start(call, route)
    const begin = async () => {
      await call.beforeSend?.()
      // The time may have run out, or the connection may have closed, meanwhile.
      if (request.destroyed) return
      sent = true
      if (typeof body === 'object') upload(body, request, reject)
      else request.end(body)
    }
    watchConnecting(request, call.url.protocol === 'https:' ? 'secureConnect' : 'connect', route, () => {
      begin().catch(error => request.destroy(new TransportFailure('held back', { sent, code: HELD_BACK }, error)))
    })
    const abort = () => request.destroy(givenUp())
    signal?.addEventListener('abort', abort)
    request.on('close', () => {
      signal?.removeEventListener('abort', abort)
      // Has no effect unless the exchange ended without an answer and without an error.
      reject(new TransportFailure('the connection was closed without an answer', { sent, code: 'CLOSED' }))
    })
    // Without a listener, Node closes the connection and reports nothing.
    request.on('upgrade', (_answer, socket) => {
      socket.destroy()
      reject(new TransportFailure('the server switched to another protocol (101)', { sent, code: 'UPGRADED' }))
    })
    // Stays attached: an error after the answer has begun reaches the reader through the answer's own stream.
    request.on('error', error => reject(toTransportFailure(error, sent)))
    request.on('response', answer => {
      // Without a listener, a cut while the body is not being read would end the process.
      answer.on('error', () => {})
      endWith(signal, answer)
      resolve(answer)
    })
  })
}

/** The first failure is the reason: the source and the counter listen before the pipeline destroys them for a later failure. */
function upload(body: StreamedBody, request: ClientRequest, failed: (error: Error) => void): void {
  const counter = exactly(body)
  body.stream.once('error', failed)
  counter.once('error', failed)
  pipeline(body.stream, counter, request, error => {
    if (error) failed(error)
  })
}
