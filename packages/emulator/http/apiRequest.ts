import type { IncomingHttpHeaders } from 'node:http'
import { ApiError, apiError } from '../apiError.ts'
import type { EmulatorState } from '../emulatorState.ts'
import type { FaultEvent, FiredFault } from '../faults/faultBook.ts'
import { LAST_RETIRED_VERSION } from '../rest/apiVersions.ts'
import { type Answer, errorAnswer } from './answer.ts'
import { type Call, notFound } from './call.ts'
import { checkBody, checkMediaType } from './mediaTypes.ts'
import type { RequestBody } from './requestBody.ts'
import { findRoute, type RouteMatch } from './routes.ts'

/** A request below `/services/data/vXX.0`, before it is checked. */
export type ApiRequest = {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingHttpHeaders
  readonly body: RequestBody
}

type ApiPath = { readonly version: string; readonly parts: readonly string[] }

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function apiPath(url: URL): ApiPath {
  const [, , , version = '', ...parts] = url.pathname.split('/')
  return { version: version.replace(/^v/, ''), parts: parts.filter(part => part !== '').map(decoded) }
}

function matchOf({ method, url }: ApiRequest): RouteMatch | readonly string[] {
  return findRoute(method, apiPath(url).parts)
}

function isMatch(match: RouteMatch | readonly string[]): match is RouteMatch {
  return 'route' in match
}

/** The object of a request: named in the path, in the records, or by the job. */
function objectOf(state: EmulatorState, { body }: ApiRequest, { route, params }: RouteMatch): string | undefined {
  if (params['object'] !== undefined) return params['object']
  if (params['job'] !== undefined) return state.ingestJobs.find(params['job'])?.request.object
  if (route.operation === 'ingestCreate') return /"object"\s*:\s*"(\w+)"/.exec(body.text())?.[1]
  return route.operation.startsWith('collection') ? /"type"\s*:\s*"(\w+)"/.exec(body.text())?.[1] : undefined
}

/** The facts of a request that fault rules match. */
export function apiEvent(state: EmulatorState, request: ApiRequest): FaultEvent {
  const match = matchOf(request)
  const known = isMatch(match)
  return {
    method: request.method,
    path: request.url.pathname,
    operation: known ? match.route.operation : 'unknown',
    object: known ? objectOf(state, request, match) : undefined,
  }
}

function checkVersion(state: EmulatorState, version: string): void {
  if (state.apiVersions.includes(version)) return
  const isRetired = /^\d+\.0$/.test(version) && Number(version) <= LAST_RETIRED_VERSION
  if (isRetired) throw apiError(410, 'UNSUPPORTED_API_VERSION', `The requested API version ${version} is retired`)
  throw notFound()
}

function authenticated(state: EmulatorState, authorization: string | undefined) {
  if (authorization !== undefined && !/^(Bearer|OAuth)\s/i.test(authorization)) {
    throw apiError(401, 'INVALID_AUTH_HEADER', 'INVALID_HEADER_TYPE')
  }
  const caller = state.callers.find(authorization)
  if (caller === undefined) throw apiError(401, 'INVALID_SESSION_ID', 'Session expired or invalid')
  return caller
}

function isLimitReached(state: EmulatorState, faults: readonly FiredFault[]) {
  return (
    state.statistics.apiCalls >= state.limits.dailyApiRequests ||
    faults.some(({ fault: { type } }) => type === 'limitReached')
  )
}

function callFor(state: EmulatorState, request: ApiRequest, faults: readonly FiredFault[]) {
  const { version } = apiPath(request.url)
  checkVersion(state, version)
  const caller = authenticated(state, request.headers.authorization)
  if (isLimitReached(state, faults)) throw apiError(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.')
  state.statistics.apiCalls += 1
  const match = matchOf(request)
  if (!isMatch(match)) {
    if (match.length === 0) throw notFound()
    const message = `HTTP Method '${request.method}' not allowed. Allowed are ${match.join(',')}`
    throw apiError(405, 'METHOD_NOT_ALLOWED', message)
  }
  checkMediaType(match.route.operation, request.headers['content-type'], request.body.bytes)
  checkBody(match.route.operation, request.body)
  const call: Call = {
    state,
    method: request.method,
    path: request.url.pathname,
    params: match.params,
    query: request.url.searchParams,
    headers: request.headers,
    body: request.body,
    apiVersion: version,
    caller,
    origin: request.url.origin,
    faults,
  }
  return { call, handle: match.route.handle }
}

function withLimitInfo(state: EmulatorState, answer: Answer): Answer {
  if (answer.status === 401) return answer
  const usage = `api-usage=${state.statistics.apiCalls}/${state.limits.dailyApiRequests}`
  return { ...answer, headers: { ...answer.headers, 'sforce-limit-info': usage } }
}

/** Answers a request to the API. A bug in the emulator gives a 500, as in an org. */
export function answerApiRequest(state: EmulatorState, request: ApiRequest, faults: readonly FiredFault[]): Answer {
  try {
    const { call, handle } = callFor(state, request, faults)
    return withLimitInfo(state, handle(call))
  } catch (error) {
    if (error instanceof ApiError) return withLimitInfo(state, errorAnswer(error))
    state.report(error)
    const message =
      'An unexpected error occurred. Please include this ErrorId if you contact support: 1452464078-314667'
    return withLimitInfo(state, errorAnswer(apiError(500, 'UNKNOWN_EXCEPTION', message)))
  }
}
