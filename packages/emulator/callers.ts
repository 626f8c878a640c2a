import type { Caller } from './http/call.ts'
import { bearerToken } from './oauth/answers.ts'
import type { Sessions } from './oauth/sessions.ts'

/** Who is behind a token. Users' permissions are part of it, so it is looked up with every request. */
export class Callers {
  readonly #sessions: Sessions
  readonly #byUserId: ReadonlyMap<string, Caller>

  constructor(sessions: Sessions, callers: readonly Caller[]) {
    this.#sessions = sessions
    this.#byUserId = new Map(callers.map(caller => [caller.id, caller]))
  }

  /** By an Authorization header; undefined when it has no live token. */
  find(authorization: string | undefined): Caller | undefined {
    const session = this.#sessions.find(bearerToken(authorization))
    return session === undefined ? undefined : this.#byUserId.get(session.userId)
  }

  expireAll(): void {
    this.#sessions.expireAll()
  }
}
