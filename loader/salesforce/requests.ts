import type { IncomingMessage } from 'node:http'
import pLimit, { type LimitFunction } from 'p-limit'
import type { HttpRoutes } from '../http/agents.ts'
import { readStream, readText } from '../http/body.ts'
import { type Deadline, startDeadline, untilAborted } from '../http/deadline.ts'
import type { TransportFailure } from '../http/networkErrors.ts'
import type { Secret } from '../http/secret.ts'
import { sendHttp } from '../http/send.ts'
import { insteadOfCsv, readJson } from './answerForm.ts'
import type { Session } from './auth/authFlow.ts'
import { bindFlow } from './auth/flows.ts'
import { explain, mayRepeat, streamCut, uploadAfterExpiry, withRetries } from './failures.ts'
import { type OrgCall, type OrgRequests, SMALL_ANSWER } from './orgCall.ts'
import { answerLost, isOfOrg, type Rejected, rejectionOf } from './rejections.ts'
import { type SharedSession, sessionNotAccepted, sessionRejected, sessionRenewable } from './session.ts'
import {
  type ConnectionSettings,
  DEFAULT_MAX_CONCURRENT_REQUESTS,
  DEFAULT_REQUEST_TIMEOUT,
  DEFAULT_STALL_TIMEOUT,
  loginUrlOf,
} from './settings.ts'
import { OrgClock, OrgUsage, observed, routeOf } from './traffic.ts'

const plainHeaders = (answer: IncomingMessage): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]))

async function wholeText(
  call: OrgCall,
  answer: IncomingMessage,
  deadline: Deadline,
  onCut: () => void,
): Promise<string> {
  try {
    return await readText(answer, call.maxBytes ?? SMALL_ANSWER)
  } catch (error) {
    onCut()
    throw explain(call, deadline, error)
  }
}

function parsed(call: OrgCall, { statusCode = 0, headers }: IncomingMessage, text: string): unknown {
  const { body, instead } = readJson({ contentType: headers['content-type'] ?? '', text })
  if (instead === undefined) return body
  throw answerLost(call, { statusCode, reason: `answered ${statusCode} with ${instead} instead of JSON` })
}

/** Salesforce sends no body with such an answer. */
function withoutPage(call: OrgCall, { statusCode = 0 }: IncomingMessage, text: string): number {
  if (!text.trimStart().startsWith('<')) return statusCode
  throw answerLost(call, { statusCode, reason: `answered ${statusCode} with a page where Salesforce sends no body` })
}

function requireCsv(call: OrgCall, answer: IncomingMessage): IncomingMessage {
  const { statusCode = 0, headers } = answer
  const instead = insteadOfCsv(headers['content-type'] ?? '')
  if (instead === undefined) return answer
  answer.destroy()
  throw answerLost(call, { statusCode, reason: `answered ${statusCode} with ${instead} instead of CSV` })
}

export function createOrgRequests(
  settings: ConnectionSettings,
  session: SharedSession,
  routes: HttpRoutes,
): OrgRequests {
  const { requestTimeout = DEFAULT_REQUEST_TIMEOUT, stallTimeout = DEFAULT_STALL_TIMEOUT } = settings
  const limit = pLimit(settings.maxConcurrentRequests ?? DEFAULT_MAX_CONCURRENT_REQUESTS)
  const wire: Wire = { settings, session, routes, observed: { usage: new OrgUsage(), clock: new OrgClock() } }

  const cutOf =
    ({ method, path }: OrgCall, origin?: string) =>
    () => {
      const server = origin ?? session.peek()?.instanceUrl ?? ''
      settings.observer?.onCut({ connection: settings.name, method, server, route: routeOf(path) })
    }
  /** Runs `attempt` in its own slot and within the time of a request, with the retries that are allowed. */
  const run = async <Result>(call: OrgCall, attempt: (deadline: Deadline) => Promise<Result>): Promise<Result> => {
    let late = false
    const timed = async () => {
      const deadline = startDeadline(requestTimeout, call.signal)
      try {
        return await attempt(deadline)
      } finally {
        late = deadline.signal.aborted
        deadline.clear()
      }
    }
    return withRetries(
      () => inSlot(limit, call.signal, timed),
      error => !late && mayRepeat(call, error),
      call.signal,
    )
  }
  const stream = (call: OrgCall, isKept: boolean) =>
    run(call, async deadline => {
      const answer = requireCsv(call, await exchange(wire, call, deadline))
      const failed = (cut: TransportFailure) => {
        cutOf(call)()
        return streamCut(call, cut)
      }
      return { headers: plainHeaders(answer), body: readStream(answer, { stallTimeout, isKept, failed }) }
    })
  return {
    json: call =>
      run(call, async deadline => {
        const answer = await exchange(wire, call, deadline)
        return parsed(call, answer, await wholeText(call, answer, deadline, cutOf(call)))
      }),
    anonymousJson: (call, origin) =>
      run(call, async deadline => {
        const answer = await exchangeAnonymously(wire, call, deadline, origin)
        return parsed(call, answer, await wholeText(call, answer, deadline, cutOf(call, origin)))
      }),
    status: call =>
      run(call, async deadline => {
        const answer = await exchange(wire, call, deadline)
        return withoutPage(call, answer, await wholeText(call, answer, deadline, cutOf(call)))
      }),
    csv: call => stream(call, false),
    keptCsv: call => stream(call, true),
    apiUsage: () => wire.observed.usage.latest,
    recentApiUsage: () => wire.observed.usage.recent(),
    clockOffset: () => wire.observed.clock.offset(),
    knowsClock: () => wire.observed.clock.isFresh(),
  }
}

/** Runs `task` when a slot is free. A task whose signal aborts leaves the queue at once; later it ends by itself. */
function inSlot<Result>(
  limit: LimitFunction,
  signal: AbortSignal | undefined,
  task: () => Promise<Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal?.reason)
    if (signal?.aborted) return leave()
    signal?.addEventListener('abort', leave, { once: true })
    void limit(async () => {
      signal?.removeEventListener('abort', leave)
      if (!signal?.aborted) await task().then(resolve, reject)
    })
  })
}

/** Facts from the headers of answers. */
type Observed = { readonly usage: OrgUsage; readonly clock: OrgClock }

type Wire = {
  readonly settings: ConnectionSettings
  readonly session: SharedSession
  readonly routes: HttpRoutes
  readonly observed: Observed
}

type Place = { readonly instanceUrl: string; readonly accessToken?: Secret }

function observe({ observed }: Wire, answer: IncomingMessage): IncomingMessage {
  observed.usage.read(answer.headers)
  observed.clock.read(answer.headers)
  return answer
}

const clientHeader = ({ clientName }: ConnectionSettings) =>
  clientName === undefined ? {} : { 'sforce-call-options': `client=${clientName}` }

async function send(wire: Wire, call: OrgCall, deadline: Deadline, place: Place): Promise<IncomingMessage> {
  const url = new URL(call.path + (call.search ?? ''), place.instanceUrl)
  const headers = {
    accept: 'application/json',
    'accept-encoding': 'gzip',
    ...clientHeader(wire.settings),
    ...call.headers,
    ...(place.accessToken && { authorization: `Bearer ${place.accessToken.reveal()}` }),
  }
  const body = typeof call.body === 'object' ? { ...call.body, progress: deadline.restart } : call.body
  const sent = body === undefined ? {} : { body }
  try {
    const { method, beforeSend } = call
    const { observer, name: connection } = wire.settings
    const request = { connection, method, server: url.origin, path: call.path }
    const hook = beforeSend === undefined ? {} : { beforeSend }
    const sending = () => sendHttp(wire.routes, { method, url, headers, ...sent, ...hook, signal: deadline.signal })
    return observe(wire, await observed(observer, request, sending))
  } catch (error) {
    throw explain(call, deadline, error, url)
  }
}

/** The status suffices when the body of a rejection is cut. */
async function rejectedBy(answer: IncomingMessage): Promise<Rejected> {
  const text = await readText(answer, SMALL_ANSWER).catch(() => '')
  const { location, 'content-type': contentType = '' } = answer.headers
  return { statusCode: answer.statusCode ?? 0, text, contentType, ...(location !== undefined && { location }) }
}

async function accepted(wire: Wire, call: OrgCall, answer: IncomingMessage, place: Place): Promise<IncomingMessage> {
  const { statusCode = 0 } = answer
  if (statusCode >= 200 && statusCode < 300) return answer
  const { secrets } = bindFlow(wire.settings.auth)
  throw rejectionOf(call, await rejectedBy(answer), place.accessToken ? [place.accessToken, ...secrets] : secrets)
}

/** One request without a token. */
async function exchangeAnonymously(
  wire: Wire,
  call: OrgCall,
  deadline: Deadline,
  origin: string,
): Promise<IncomingMessage> {
  const place = { instanceUrl: origin }
  return accepted(wire, call, await send(wire, call, deadline, place), place)
}

/** A session is shared with other calls; this one waits for it no longer than its time allows. */
async function inTime(
  { settings }: Wire,
  call: OrgCall,
  deadline: Deadline,
  session: Promise<Session>,
): Promise<Session> {
  try {
    return await untilAborted(session, deadline.signal)
  } catch (error) {
    throw explain(call, deadline, error, new URL(loginUrlOf(settings)))
  }
}

/**
 * One request, repeated once with a new session after a 401. The org answers 401 before any work, so this is safe for writes too, but not after a 401
 * of something in between, which may have passed the request on.
 */
async function exchange(wire: Wire, call: OrgCall, deadline: Deadline): Promise<IncomingMessage> {
  const { settings, session } = wire
  const opened = await inTime(wire, call, deadline, session.current())
  const answer = await send(wire, call, deadline, opened)
  if (answer.statusCode !== 401) return accepted(wire, call, answer, opened)
  const rejected = await rejectedBy(answer)
  if (call.method !== 'GET' && !isOfOrg(rejected)) throw rejectionOf(call, rejected, [opened.accessToken])
  if (!sessionRenewable(rejected)) throw sessionRejected(settings, opened, rejected)
  const fresh = await inTime(wire, call, deadline, session.renewed(opened))
  if (typeof call.body === 'object') throw uploadAfterExpiry(call)
  const again = await send(wire, call, deadline, fresh)
  if (again.statusCode === 401) throw sessionNotAccepted(settings, call, fresh, await rejectedBy(again))
  return accepted(wire, call, again, fresh)
}
