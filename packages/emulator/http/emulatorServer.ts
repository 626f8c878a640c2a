import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { EmulatorState } from '../emulatorState.ts'
import type { FaultEvent, FiredFault } from '../faults/faultBook.ts'
import type { Fault, Operation } from '../faults/rule.ts'
import { versionsBody } from '../rest/apiVersions.ts'
import { answerAdminRequest } from './adminRequest.ts'
import { type Answer, html, json } from './answer.ts'
import { type ApiRequest, answerApiRequest, apiEvent } from './apiRequest.ts'
import { badMessage, edgeRejection } from './edge.ts'
import { answerOAuthRequest } from './oauthRequest.ts'
import { readBody } from './requestBody.ts'
import { sendAnswer } from './sendAnswer.ts'

// Far above the limit of an org's edge: the edge must reject, not Node.
const MAX_HEADER_BYTES = 128 * 1024
const VERSIONS = /^\/services\/data\/?$/
const API = /^\/services\/data\/./

const notFound = json(404, [{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }])

function event(state: EmulatorState, request: ApiRequest): FaultEvent {
  const { method, url } = request
  if (API.test(url.pathname) && !VERSIONS.test(url.pathname)) return apiEvent(state, request)
  const operation = VERSIONS.test(url.pathname) ? 'versions' : oauthOperation(url.pathname)
  return { method, path: url.pathname, operation, object: undefined }
}

function oauthOperation(path: string): Operation {
  if (path === '/services/oauth2/token') return 'token'
  return path.startsWith('/id/') || path.startsWith('/services/oauth2/') ? 'identity' : 'unknown'
}

async function answerRequest(
  state: EmulatorState,
  request: ApiRequest,
  faults: readonly FiredFault[],
): Promise<Answer> {
  const { pathname } = request.url
  if (VERSIONS.test(pathname)) return json(200, versionsBody(state.apiVersions))
  if (API.test(pathname)) return answerApiRequest(state, request, faults)
  return (await answerOAuthRequest(request, state.oauth)) ?? notFound
}

function faultOf<T extends Fault['type']>(
  faults: readonly FiredFault[],
  type: T,
): Extract<Fault, { type: T }> | undefined {
  return faults.flatMap(({ fault }) => (fault.type === type ? [fault as Extract<Fault, { type: T }>] : []))[0]
}

function statusAnswer({ status, body, html: page }: Extract<Fault, { type: 'status' }>): Answer {
  return page === undefined ? json(status, body ?? []) : html(status, page)
}

/** Processes a request unless a fault on demand comes first; undefined when there is no answer. */
async function workOn(
  state: EmulatorState,
  request: ApiRequest,
  faults: readonly FiredFault[],
  response: ServerResponse,
): Promise<Answer | undefined> {
  const delay = faultOf(faults, 'delay')
  if (delay !== undefined) await setTimeout(delay.ms)
  if (faultOf(faults, 'stall') !== undefined) return undefined
  if (faultOf(faults, 'cutBefore') !== undefined) {
    response.destroy()
    return undefined
  }
  if (faultOf(faults, 'expireSession') !== undefined) state.callers.expireAll()
  const status = faultOf(faults, 'status')
  const answer = status === undefined ? await answerRequest(state, request, faults) : statusAnswer(status)
  if (faultOf(faults, 'cutAfter') === undefined) return answer
  response.destroy()
  return undefined
}

async function handle(state: EmulatorState, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = message.url ?? '/'
  const url = new URL(target.replace(/^\/+/, '/'), `http://${message.headers.host ?? 'localhost'}`)
  const body = await readBody(message, state.org.bodies)
  if (body === undefined) return sendAnswer(response, badMessage(400, 'Bad Content-Encoding'), state.clock(), {})
  const request = { method: message.method ?? 'GET', url, headers: message.headers, body }
  const rejection = edgeRejection(target, message.rawHeaders)
  if (rejection !== undefined) return sendAnswer(response, rejection, state.clock(), {})
  if (url.pathname.startsWith('/emulator/')) {
    return sendAnswer(response, answerAdminRequest(state, request), state.clock(), {})
  }
  const faultEvent = event(state, request)
  state.statistics.countCall(faultEvent.operation as Operation)
  const faults = state.faults.applyTo(faultEvent)
  const answer = await workOn(state, request, faults, response)
  if (answer === undefined) return
  const gzip = state.compress && /\bgzip\b/.test(String(message.headers['accept-encoding'] ?? ''))
  await sendAnswer(response, answer, state.clock(), { gzip, cutAfterBytes: faultOf(faults, 'cutBody')?.afterBytes })
}

/**
 * The HTTP server of an emulator. Each request gets the state that is current when it arrives. A request with an incomplete body is
 * dropped without any processing.
 */
export function createEmulatorServer(currentState: () => EmulatorState): Server {
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: 30_000 }, (message, response) => {
    const state = currentState()
    handle(state, message, response).catch(error => {
      if (message.complete) state.report(error)
      else state.statistics.bodiesCutShort += 1
      response.destroy()
    })
  })
  server.requestTimeout = 0
  return server
}
