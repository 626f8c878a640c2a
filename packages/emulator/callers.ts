import { bearerToken } from './oauth/answers.ts'
import type { Sessions } from './oauth/sessions.ts'
import type { UserAccess } from './schema/access.ts'

/** The user behind a request. */
export type Caller = {
  readonly place: number
  readonly id: string
  readonly username: string
  readonly access: UserAccess
  /** Whether bulk jobs of the user may delete past the recycle bin. */
  readonly hardDelete: boolean
}

/** Finds the user of a token, with the user's permissions, for each request. */
export class Callers {
  readonly #sessions: Sessions
  readonly #byUserId: ReadonlyMap<string, Caller>

  constructor(sessions: Sessions, callers: readonly Caller[]) {
    this.#sessions = sessions
    this.#byUserId = new Map(callers.map(caller => [caller.id, caller]))
  }

  /** Finds by an Authorization header; undefined when it has no live token. */
  find(authorization: string | undefined): Caller | undefined {
    const session = this.#sessions.find(bearerToken(authorization))
    return session === undefined ? undefined : this.#byUserId.get(session.userId)
  }

  expireAll(): void {
    this.#sessions.expireAll()
  }
}
