import { isObject } from '../../packages/client/contract/issues.ts'
import { parseJson } from '../http/body.ts'
import { withoutSecrets } from '../http/secret.ts'
import type { Session } from './auth/authFlow.ts'
import { bindFlow } from './auth/flows.ts'
import { LoginRejectedError } from './errors.ts'
import type { Rejected } from './rejections.ts'
import type { ConnectionSettings } from './settings.ts'

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
  /** The session that is open, if any. */
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
    } finally {
      pending = undefined
    }
  }
  const openOnce = (how: () => Promise<Session>): Promise<Session> => {
    pending ??= open(how)
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

/** The error for a session that the org does not accept although it was just opened. */
export function sessionRejected(
  settings: ConnectionSettings,
  session: Session,
  rejected: Rejected,
): LoginRejectedError {
  const body = parseJson(rejected.text)
  const orgError = Array.isArray(body) && isObject(body[0]) ? body[0] : {}
  const secrets = [session.accessToken, ...bindFlow(settings.auth).secrets]
  return new LoginRejectedError({
    connection: settings.name,
    flow: settings.auth.flow,
    host: new URL(session.instanceUrl).host,
    statusCode: rejected.statusCode,
    errorCode: withoutSecrets(String(orgError['errorCode'] ?? `HTTP_${rejected.statusCode}`), secrets),
    detail: withoutSecrets(String(orgError['message'] ?? 'the session just opened is not accepted'), secrets),
    advice: "Let an admin check that the user has 'API Enabled', and the session and IP policies of the app",
  })
}
