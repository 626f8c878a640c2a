import { isObject } from '../../packages/client/contract/issues.ts'
import type { LinkError } from '../../packages/client/contract/linkError.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import type { HttpRoutes } from '../http/agents.ts'
import { readText } from '../http/body.ts'
import { outOfTime, startDeadline } from '../http/deadline.ts'
import { TransportFailure } from '../http/networkErrors.ts'
import { type Secret, withoutSecrets } from '../http/secret.ts'
import { sendHttp } from '../http/send.ts'
import { readJson } from './answerForm.ts'
import type { LoginPlace, RequestToken, Session } from './auth/authFlow.ts'
import { bindFlow } from './auth/flows.ts'
import { inMemoryTokenFiles } from './auth/rotatingToken.ts'
import { encodeTokenForm, readTokenAnswer, secretsOf, TOKEN_PATH } from './auth/tokenRequest.ts'
import {
  LoginRejectedError,
  type RequestFacts,
  RequestRejectedError,
  TemporarilyRejectedError,
  UnreachableError,
} from './errors.ts'
import { isPassing, unreachable, withRetries } from './failures.ts'
import { SMALL_ANSWER } from './orgCall.ts'
import { isOfOrg, orgCode, orgWords, type Rejected, rejectionOf } from './rejections.ts'
import { type ConnectionSettings, loginUrlOf } from './settings.ts'
import { observed } from './traffic.ts'

/**
 * Milliseconds that a rejected login is remembered: calls that queue up behind it get the same answer instead of logging in again, because
 * repeated failures lock the user; an admin's remedy still works without a restart.
 */
const REJECTION_MEMORY = 60_000

/** One session for all calls of a connection, opened once and renewed once, shared by concurrent calls. */
export type SharedSession = {
  current(): Promise<Session>
  /** A session other than `stale`. Concurrent callers share one renewal. */
  renewed(stale: Session): Promise<Session>
  peek(): Session | undefined
}

export type Opening = { login(): Promise<Session>; renew(): Promise<Session> }

export function shareSession(opening: Opening): SharedSession {
  let session: Session | undefined
  let pending: Promise<Session> | undefined
  let rejection: { readonly error: LoginRejectedError; readonly at: number } | undefined

  const open = async (how: () => Promise<Session>): Promise<Session> => {
    if (rejection && Date.now() - rejection.at < REJECTION_MEMORY) throw rejection.error
    try {
      session = await how()
      return session
    } catch (error) {
      session = undefined
      if (error instanceof LoginRejectedError) rejection = { error, at: Date.now() }
      throw error
    }
  }
  const openOnce = (how: () => Promise<Session>): Promise<Session> => {
    // Cleared however the login ends, so that the next call asks the org again.
    pending ??= open(how).finally(() => {
      pending = undefined
    })
    return pending
  }
  return {
    current: async () => pending ?? session ?? openOnce(opening.login),
    renewed: async stale => {
      if (pending) return pending
      if (session && session !== stale) return session
      return openOnce(opening.renew)
    },
    peek: () => session,
  }
}

/** 401s that a new token does not fix: the app or the user has no access at all. */
const LASTING = [/Connected app is not attached to Agent/, /not valid for use with the REST API/, /INVALID_HEADER_TYPE/]

/** Whether a 401 means that the session has expired and can be renewed. */
export const sessionRenewable = (rejected: Rejected): boolean => !LASTING.some(words => words.test(rejected.text))

const POLICY_ADVICE = "let an admin check that the user has 'API Enabled', and the session and IP policies of the app"

/** The error for a session that cannot be used for the API. */
export function sessionRejected(
  settings: ConnectionSettings,
  session: Session,
  rejected: Rejected,
): LoginRejectedError {
  const { body } = readJson(rejected)
  const orgError = Array.isArray(body) && isObject(body[0]) ? body[0] : {}
  const secrets = [session.accessToken, ...bindFlow(settings.auth).secrets]
  return new LoginRejectedError({
    connection: settings.name,
    flow: settings.auth.flow,
    host: new URL(session.instanceUrl).host,
    statusCode: rejected.statusCode,
    errorCode: orgCode(withoutSecrets(String(orgError['errorCode'] ?? `HTTP_${rejected.statusCode}`), secrets)),
    detail: orgWords(withoutSecrets(String(orgError['message'] ?? 'the session is not accepted'), secrets)),
    advice: sentenceCase(POLICY_ADVICE),
  })
}

const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/**
 * The error for a session that the org rejects although it was just opened. A server of the org may not know it yet, so the request is repeated
 * later: nothing was applied.
 */
export function sessionNotAccepted(
  settings: ConnectionSettings,
  call: RequestFacts,
  session: Session,
  rejected: Rejected,
): LinkError {
  if (!sessionRenewable(rejected)) return sessionRejected(settings, session, rejected)
  const secrets = [session.accessToken, ...bindFlow(settings.auth).secrets]
  const rejection = rejectionOf(call, rejected, secrets)
  const isRejection = rejection instanceof RequestRejectedError || rejection instanceof TemporarilyRejectedError
  if (!isRejection || !isOfOrg(rejected)) return rejection
  return new TemporarilyRejectedError({
    ...rejection,
    ...call,
    advice: `The session was just opened. The request is retried; if it persists, ${POLICY_ADVICE}`,
  })
}

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
    const deadline = startDeadline(Math.min(LOGIN_TIMEOUT, settings.requestTimeout ?? LOGIN_TIMEOUT))
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
    try {
      const body = encodeTokenForm(form)
      const request = { connection: place.connection, method: 'POST', server: url.origin, path: TOKEN_PATH }
      const sending = () => sendHttp(routes, { method: 'POST', url, headers, body, signal: deadline.signal })
      const answer = await observed(settings.observer, request, sending)
      const text = await readText(answer, SMALL_ANSWER)
      const { location, 'content-type': contentType = '' } = answer.headers
      const read = { statusCode: answer.statusCode ?? 0, contentType, text, ...present({ location }) }
      return readTokenAnswer(read, { ...place, flow }, [...secrets, ...secretsOf(form)])
    } catch (error) {
      if (!(error instanceof TransportFailure)) throw error
      throw unreachable(facts, url, deadline.expired() ? outOfTime(deadline.milliseconds, error.sent) : error)
    } finally {
      deadline.clear()
    }
  }
}

const mayRepeat = (error: unknown): boolean =>
  error instanceof TemporarilyRejectedError || (error instanceof UnreachableError && isPassing(error))

export function openingOf(settings: ConnectionSettings, routes: HttpRoutes): Opening {
  const flow = bindFlow(settings.auth)
  const place = {
    connection: settings.name,
    loginUrl: loginUrlOf(settings),
    openTokenFiles: settings.openTokenFiles ?? inMemoryTokenFiles(),
    ...(settings.instanceUrl !== undefined && { instanceUrl: new URL(settings.instanceUrl).origin }),
  }
  const requestToken = tokenRequester(settings, place, routes, flow.secrets)
  const repeated = (open: typeof flow.login): (() => Promise<Session>) => {
    return () => withRetries(() => open(place, requestToken), mayRepeat)
  }
  return { login: repeated(flow.login), renew: repeated(flow.renew) }
}
