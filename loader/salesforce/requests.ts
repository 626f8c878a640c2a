import type { IncomingMessage } from 'node:http'
import pLimit from 'p-limit'
import type { HttpRoutes } from '../http/agents.ts'
import { readStream, readText } from '../http/body.ts'
import { type Deadline, startDeadline } from '../http/deadline.ts'
import { exchange, exchangeAnonymously, type Wire } from './exchange.ts'
import { explain, mayRepeat, streamCut, withRetries } from './failures.ts'
import type { AnswerHeaders, OrgCall, OrgRequests, TextAnswer } from './orgCall.ts'
import type { SharedSession } from './session.ts'
import {
  type ConnectionSettings,
  DEFAULT_MAX_CONCURRENT_REQUESTS,
  DEFAULT_REQUEST_TIMEOUT,
  DEFAULT_STALL_TIMEOUT,
} from './settings.ts'
import { routeOf } from './traffic.ts'

const plainHeaders = (answer: IncomingMessage): AnswerHeaders =>
  Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]))

async function wholeText(
  call: OrgCall,
  answer: IncomingMessage,
  deadline: Deadline,
  onCut: () => void,
): Promise<TextAnswer> {
  try {
    return { statusCode: answer.statusCode ?? 0, headers: plainHeaders(answer), text: await readText(answer) }
  } catch (error) {
    onCut()
    throw explain(call, deadline, error)
  }
}

export function createOrgRequests(
  settings: ConnectionSettings,
  session: SharedSession,
  routes: HttpRoutes,
): OrgRequests {
  const { requestTimeout = DEFAULT_REQUEST_TIMEOUT, stallTimeout = DEFAULT_STALL_TIMEOUT } = settings
  const limit = pLimit(settings.maxConcurrentRequests ?? DEFAULT_MAX_CONCURRENT_REQUESTS)
  const wire: Wire = { settings, session, routes, observed: { apiUsage: undefined, clockOffset: 0 } }

  const cutOf =
    ({ method, path }: OrgCall, origin?: string) =>
    () => {
      const server = origin ?? session.peek()?.instanceUrl ?? ''
      settings.observer?.onCut({ connection: settings.name, method, server, route: routeOf(path) })
    }
  /** Runs `attempt` in a slot of its own and within the time of a request, as often as it may be repeated. */
  const run = async <Result>(call: OrgCall, attempt: (deadline: Deadline) => Promise<Result>): Promise<Result> => {
    call.signal?.throwIfAborted()
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
      () => limit(timed),
      error => !late && mayRepeat(call, error),
    )
  }
  return {
    text: call =>
      run(call, async deadline => wholeText(call, await exchange(wire, call, deadline), deadline, cutOf(call))),
    anonymousText: (call, origin) =>
      run(call, async deadline =>
        wholeText(call, await exchangeAnonymously(wire, call, deadline, origin), deadline, cutOf(call, origin)),
      ),
    stream: call =>
      run(call, async deadline => {
        const answer = await exchange(wire, call, deadline)
        return {
          headers: plainHeaders(answer),
          body: readStream(answer, stallTimeout, cut => {
            cutOf(call)()
            return streamCut(call, cut)
          }),
        }
      }),
    apiUsage: () => wire.observed.apiUsage,
    clockOffset: () => wire.observed.clockOffset,
  }
}
