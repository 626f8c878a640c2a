import type { HttpRoutes } from '../http/agents.ts'
import { readText } from '../http/body.ts'
import { startDeadline } from '../http/deadline.ts'
import { TransportFailure } from '../http/networkErrors.ts'
import type { Secret } from '../http/secret.ts'
import { sendHttp } from '../http/send.ts'
import type { LoginPlace, RequestToken, Session } from './auth/authFlow.ts'
import { bindFlow } from './auth/flows.ts'
import { encodeTokenForm, readTokenAnswer, secretsOf, TOKEN_PATH } from './auth/tokenRequest.ts'
import { TemporarilyRejectedError, UnreachableError } from './errors.ts'
import { withRetries } from './failures.ts'
import type { Opening } from './session.ts'
import { type ConnectionSettings, loginUrlOf } from './settings.ts'
import { observed } from './traffic.ts'
import { isPassing, unreachable } from './unreachable.ts'

/** Milliseconds. A login is a small request; a host that takes longer is broken. */
const LOGIN_TIMEOUT = 60_000

/** Posts the form and reads the answer. A login whose answer is lost may be repeated: at worst a session is left unused. */
function tokenRequester(
  settings: ConnectionSettings,
  place: LoginPlace,
  routes: HttpRoutes,
  secrets: readonly Secret[],
): RequestToken {
  const url = new URL(TOKEN_PATH, place.loginUrl)
  const facts = { action: `Login of connection ${place.connection}`, method: 'POST', path: TOKEN_PATH }
  const flow = settings.auth.flow
  return async form => {
    const deadline = startDeadline(LOGIN_TIMEOUT)
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
    try {
      const body = encodeTokenForm(form)
      const request = { connection: place.connection, method: 'POST', server: url.origin, path: TOKEN_PATH }
      const sending = () => sendHttp(routes, { method: 'POST', url, headers, body, signal: deadline.signal })
      const answer = await observed(settings.observer, request, sending)
      const text = await readText(answer)
      const { location } = answer.headers
      const read = { statusCode: answer.statusCode ?? 0, text, ...(location !== undefined && { location }) }
      return readTokenAnswer(read, { ...place, flow }, [...secrets, ...secretsOf(form)])
    } catch (error) {
      if (!(error instanceof TransportFailure)) throw error
      throw unreachable(facts, url, deadline.expired() ? outOfTime(error) : error)
    } finally {
      deadline.clear()
    }
  }
}

const outOfTime = ({ sent }: TransportFailure): TransportFailure =>
  new TransportFailure(`no answer within ${LOGIN_TIMEOUT / 1000} s`, { sent, code: 'LOGIN_TIMEOUT' })

const mayRepeat = (error: unknown): boolean =>
  error instanceof TemporarilyRejectedError || (error instanceof UnreachableError && isPassing(error))

/** How this connection opens its session and renews it. */
export function openingOf(settings: ConnectionSettings, routes: HttpRoutes): Opening {
  const flow = bindFlow(settings.auth)
  const place = {
    connection: settings.name,
    loginUrl: loginUrlOf(settings),
    ...(settings.instanceUrl !== undefined && { instanceUrl: new URL(settings.instanceUrl).origin }),
  }
  const requestToken = tokenRequester(settings, place, routes, flow.secrets)
  const repeated = (open: typeof flow.login): (() => Promise<Session>) => {
    return () => withRetries(() => open(place, requestToken), mayRepeat)
  }
  return { login: repeated(flow.login), renew: repeated(flow.renew) }
}
