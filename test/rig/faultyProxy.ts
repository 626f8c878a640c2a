// A proxy between a client and an HTTP server that injects the requested errors.
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import { type Listening, listening } from './listening.ts'

type ProxyFault =
  /** The server processes the request; its answer is lost with the connection. */
  | { readonly loseAnswer: true }
  /** The connection is cut after this many bytes of the body. */
  | { readonly cutBodyAfter: number }
  /** The connection is cut after this many bytes of the body of the request. */
  | { readonly cutRequestAfter: number }
  /** The request does not reach the server. */
  | { readonly answer: number; readonly body?: string }

type ProxyRule = {
  readonly method: string
  readonly path?: RegExp
  readonly fault: ProxyFault
  /** @default 1 */
  readonly times?: number
}

export type FaultyProxy = Listening & {
  /** `PUT /bucket/key?query`, in order. */
  readonly requests: string[]
  fail(rule: ProxyRule): void
}

export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const rules: { rule: ProxyRule; left: number }[] = []
  const requests: string[] = []
  const faultFor = (request: IncomingMessage): ProxyFault | undefined => {
    const found = rules.find(
      ({ rule, left }) => left > 0 && rule.method === request.method && (rule.path?.test(request.url ?? '') ?? true),
    )
    if (found !== undefined) found.left -= 1
    return found?.rule.fault
  }
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    pass(target, request, response, faultFor(request))
  })
  return {
    ...(await listening(server)),
    requests,
    fail: rule => rules.push({ rule, left: rule.times ?? 1 }),
  }
}

function pass(target: string, request: IncomingMessage, response: ServerResponse, fault: ProxyFault | undefined): void {
  if (fault !== undefined && 'answer' in fault) {
    request.resume()
    response.writeHead(fault.answer, { 'content-type': 'application/xml' }).end(fault.body)
    return
  }
  // Keeps the client's Host header: it is part of the signature.
  const { method, url: path, headers } = request
  const { hostname, port } = new URL(target)
  const onward = send({ hostname, port, method, path, headers }, answer => {
    if (fault !== undefined && 'loseAnswer' in fault) {
      answer.resume()
      response.destroy()
      return
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    if (fault !== undefined && 'cutBodyAfter' in fault) cutAfter(answer, response, fault.cutBodyAfter)
    else answer.pipe(response)
  })
  onward.on('error', () => response.destroy())
  if (fault !== undefined && 'cutRequestAfter' in fault) cutRequest(request, fault.cutRequestAfter)
  request.pipe(onward)
}

function cutRequest(request: IncomingMessage, bytes: number): void {
  let received = 0
  request.on('data', (piece: Buffer) => {
    received += piece.length
    if (received > bytes) request.socket.destroy()
  })
}

function cutAfter(answer: IncomingMessage, response: ServerResponse, bytes: number): void {
  let left = bytes
  answer.on('data', (piece: Buffer) => {
    if (left <= 0) return
    const part = piece.subarray(0, left)
    left -= part.length
    response.write(part, () => {
      if (left <= 0) response.destroy()
    })
  })
}
