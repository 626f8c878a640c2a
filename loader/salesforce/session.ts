import type { Session } from './auth/authFlow.ts'
import { LoginRejectedError } from './errors.ts'

/**
 * Milliseconds that a rejected login is remembered: calls that queue up behind it hear the same answer instead of asking again, because
 * repeated failures lock the user; an admin's remedy still works without a restart.
 */
const REJECTION_MEMORY = 60_000

/** One session for all calls of a connection, opened once and renewed once, however many ask at the same time. */
export type SharedSession = {
  current(): Promise<Session>
  /** A session other than `stale`. Whoever comes second gets the one that the first has opened. */
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
