import { randomBytes } from 'node:crypto'

/** The user and the app of a refresh token. `family` is the token of the consent that it descends from by rotation. */
export type RefreshToken = {
  readonly token: string
  readonly userId: string
  readonly appId: string
  readonly family: string
}

function opaqueToken() {
  return `5Aep861${randomBytes(57).toString('base64url').replaceAll('-', '.')}`
}

/** The refresh tokens of the org. They do not expire by themselves. */
export class RefreshTokens {
  readonly #live = new Map<string, RefreshToken>()
  readonly #rotated = new Map<string, RefreshToken>()

  /** Issues a new token, as the consent page of a browser flow does, or the given one. */
  issue(userId: string, appId: string, token = opaqueToken()): RefreshToken {
    const issued = { token, userId, appId, family: token }
    this.#live.set(token, issued)
    return issued
  }

  find(token: string): RefreshToken | undefined {
    return this.#live.get(token)
  }

  /** Replaces a live token with a new one; the old one is a rotated token from now on. */
  rotate(old: RefreshToken): RefreshToken {
    const rotated = { ...old, token: opaqueToken() }
    this.#live.delete(old.token)
    this.#rotated.set(old.token, old)
    this.#live.set(rotated.token, rotated)
    return rotated
  }

  /** Revokes the live descendant of a rotated token. Returns the rotated token, or undefined when the token is not a rotated one. */
  revokeFamily(token: string): RefreshToken | undefined {
    const rotated = this.#rotated.get(token)
    if (rotated === undefined) return undefined
    for (const { token: live, family } of this.#live.values()) if (family === rotated.family) this.#live.delete(live)
    return rotated
  }

  /** Revokes a token. Returns its user and app, or undefined when it did not exist. */
  revoke(token: string): RefreshToken | undefined {
    const known = this.#live.get(token)
    this.#live.delete(token)
    return known
  }
}
